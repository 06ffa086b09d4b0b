"""Whether each modality earns its place: the same cases under several input conditions."""

"""The protocol run of models that write answers or reports: frozen texts, outputs, verdicts."""

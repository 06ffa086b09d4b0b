"""Study designs: paired, unpaired, goals and margins, several endpoints, several sites."""

"""Reports for people: what was found, drawn and told, in one file per format."""

"""The after-action report: what happened, in words, figures and numbers, from the journal alone."""

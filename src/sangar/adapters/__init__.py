"""Wire and file formats: one each, knowing only the pipeline, the scenario and the core; never one another."""

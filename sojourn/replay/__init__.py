"""An analyst's small Python file, run over the whole log."""

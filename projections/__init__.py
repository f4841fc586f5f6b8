"""What readers ask, answered from documents that are folds of the event log."""

"""What things cost, measured beside stock SpiffWorkflow in the same run; never asserted."""

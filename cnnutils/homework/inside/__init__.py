"""What runs beside the student's code, in the sandbox: it knows nothing of this package."""

"""cnnutils side by side with its peers: ratios measured in one run, never absolute times alone."""

"""Rules of voting: plain functions on frozen values, applied by voting and re-applied by any stranger."""

"""Is this certificate good, up to this anchor, at this time: paths, lists, answers, and what is remembered of them."""

"""The pages that people see, as `web/` builds them: files, served by every worker under strict headers."""

"""Driver of looking back: what versions say (`log`, `diff`), going back to one (`rollback`), thinning out (`gc`)."""

package wire

// LimitCalls makes the bound on the list of calls small enough for a test.
func (r *Recorder) LimitCalls(n int) { r.journal.limit = n }

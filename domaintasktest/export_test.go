package domaintasktest

// Reachable is reachable, for tests that do not listen outside of loopback.
var Reachable = reachable

package document

// Inspect is for tests outside, which plant things.
var Inspect = inspect

// Tidy likewise.
var Tidy = tidy

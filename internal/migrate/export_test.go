package migrate

// What a release with other steps would do.
var (
	UpWith      = up
	MissingWith = missing
)

package main

import (
	"runtime/debug"
)

type version struct{}

// Run implements the command.
func (version) Run(p *program) error { return p.say("indywire %s", buildVersion()) }

// buildVersion is the version the binary was built from: a release, else the
// commit, with a mark where files had changed since.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	revision := settings["vcs.revision"]
	if revision == "" {
		return "development"
	}
	if settings["vcs.modified"] == "true" {
		revision += "+changes"
	}
	return revision
}

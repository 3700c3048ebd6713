package config_test

import (
	"strings"
	"testing"

	"github.com/indywire/indywire/internal/config"
)

func place(change func(*config.Place)) config.Place {
	p := config.Place{Data: "d", Portal: "localhost", Listen: ":8080"}
	if change != nil {
		change(&p)
	}
	return p
}

func TestCheck(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*config.Place)
		ok     bool
	}{
		{"defaults", nil, true},
		{"listen without port", func(p *config.Place) { p.Listen = "localhost" }, false},
		{"portal with port", func(p *config.Place) { p.Portal = "localhost:80" }, false},
		{"portal in capitals", func(p *config.Place) { p.Portal = "Example.org" }, false},
		{"no portal", func(p *config.Place) { p.Portal = "" }, false},
		{"media folder", func(p *config.Place) { p.Media = "file:/srv/media" }, true},
		{"media of an unknown kind", func(p *config.Place) { p.Media = "ftp://x" }, false},
		{"bucket", func(p *config.Place) { p.Media = "s3://media?endpoint=http://127.0.0.1:3900&region=garage" }, true},
		{"bucket of Amazon's", func(p *config.Place) { p.Media = "s3://media" }, true},
		{"no bucket", func(p *config.Place) { p.Media = "s3://?endpoint=http://127.0.0.1:3900" }, false},
		{"bucket with a folder", func(p *config.Place) { p.Media = "s3://media/indywire" }, false},
		{"bucket with its key", func(p *config.Place) { p.Media = "s3://key:secret@media" }, false},
		{"endpoint without scheme", func(p *config.Place) { p.Media = "s3://media?endpoint=localhost:3900" }, false},
		{"unknown setting of a bucket", func(p *config.Place) { p.Media = "s3://media?path=x" }, false},
		{"public URL", func(p *config.Place) { p.PublicURL = "https://example.org" }, true},
		{"public URL without scheme", func(p *config.Place) { p.PublicURL = "example.org" }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := place(tt.change).Check(); (err == nil) != tt.ok {
				t.Errorf("Check() = %v, want ok %v", err, tt.ok)
			}
		})
	}
}

// TestSecretsAreNotRepeated of settings that stand where they do not belong.
func TestSecretsAreNotRepeated(t *testing.T) {
	t.Parallel()
	for _, media := range []string{"s3://key:SECRET@media", "s3://media?endpoint=https%3A%2F%2Fkey%3ASECRET%40s3.example", "s3://media?secret=SECRET", "s3://%SECRET"} {
		if err := place(func(p *config.Place) { p.Media = media }).Check(); err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("--media %s: %v", media, err)
		}
	}
}

func TestMediaStore(t *testing.T) {
	t.Parallel()
	for media, want := range map[string]config.MediaStore{
		"":         {Dir: "d/media"},
		"file:/m":  {Dir: "/m"},
		"s3://pic": {Dir: "d/media", Bucket: "pic", Region: "us-east-1"},
		"s3://pic?endpoint=https://s3.example:3900&region=garage": {Dir: "d/media", Bucket: "pic", Endpoint: "https://s3.example:3900", Region: "garage"},
	} {
		if got, err := place(func(p *config.Place) { p.Media = media }).MediaStore(); err != nil || got != want {
			t.Errorf("--media %q is %+v, %v; want %+v", media, got, err, want)
		}
	}
}

func TestPublicOrigin(t *testing.T) {
	t.Parallel()
	tests := []struct{ publicURL, listen, want string }{
		{"", ":8080", "http://pt.localhost:8080"},
		{"", "0.0.0.0:80", "http://pt.localhost"},
		{"https://ignored.example", ":8080", "https://pt.localhost"},
		{"https://ignored.example:443", ":8080", "https://pt.localhost"},
		{"https://ignored.example:80", ":8080", "https://pt.localhost:80"},
		{"https://ignored.example:8443", ":8080", "https://pt.localhost:8443"},
	}
	for _, tt := range tests {
		got, err := place(func(p *config.Place) { p.PublicURL, p.Listen = tt.publicURL, tt.listen }).PublicOrigin("pt.localhost")
		if err != nil || got != tt.want {
			t.Errorf("PublicOrigin(%q, %q) = %q, %v; want %q", tt.publicURL, tt.listen, got, err, tt.want)
		}
	}
}

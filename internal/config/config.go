// Package config holds the settings: one tagged struct that the command line
// and the environment fill (flag --ops-listen is INDYWIRE_OPS_LISTEN), its
// defaults, and the check that says in one sentence what is wrong.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
)

// Place says where things are; its flags hold for every command.
type Place struct {
	Data      string `help:"Folder for what this node keeps." default:"./data" placeholder:"DIR"`
	Database  string `help:"URL of the primary; several hosts allowed. Empty: a private PostgreSQL under --data." placeholder:"URL"`
	Replica   string `help:"URL of this node's own server first, others as fallback. Empty: --database." placeholder:"URL"`
	Media     string `help:"Where files are kept: file:DIR, or s3://BUCKET?endpoint=URL&region=R with the key in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Empty: file:<data>/media." placeholder:"file:DIR"`
	Portal    string `help:"Host of the portal, which stands for the whole network." default:"localhost" placeholder:"HOST"`
	PublicURL string `help:"Scheme and port for links made without a request (its host is ignored). Empty: http and the port of --listen." placeholder:"URL"`
	Listen    string `help:"Address to serve readers and reporters on." default:":8080" placeholder:"ADDR"`
}

// Server is what only serve needs.
type Server struct {
	OpsListen    string         `help:"Address for health, readiness, metrics and profiles. Never public." default:"127.0.0.1:9090" placeholder:"ADDR"`
	Demo         bool           `help:"Fill three sample collectives when they are not there yet."`
	Node         string         `help:"Name of this node, which is public. Empty: a random one kept under --data." placeholder:"NAME"`
	Sandbox      string         `help:"How media tools are kept in: bwrap, or none (then a hostile file can do what this user can)." enum:"bwrap,none" default:"bwrap"`
	UploadRate   int64          `help:"Bytes a second that all resumable uploads through this node share. 0: no bound." placeholder:"BYTES/S"`
	UploadBudget int64          `help:"Bytes that uploads may take up until they are processed; a collective gets half. 0: all but a tenth of the disk." placeholder:"BYTES"`
	MediaCache   int64          `help:"Bytes that this node keeps of a bucket's files. 0: half of its disk." placeholder:"BYTES"`
	TrustedProxy []netip.Prefix `help:"Networks whose X-Forwarded-Proto is believed." placeholder:"CIDR"`
}

// Check says what is wrong with the settings, in one sentence.
func (p Place) Check() error {
	if _, _, err := net.SplitHostPort(p.Listen); err != nil {
		return fmt.Errorf("--listen %q is no address: write HOST:PORT or :PORT", p.Listen)
	}
	if p.Portal == "" || strings.ContainsAny(p.Portal, ":/") || p.Portal != strings.ToLower(p.Portal) {
		return fmt.Errorf("--portal %q is no host name: write it in lower case, without scheme and port", p.Portal)
	}
	if _, err := p.MediaStore(); err != nil {
		return err
	}
	if p.PublicURL != "" {
		u, err := url.Parse(p.PublicURL)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return fmt.Errorf("--public-url %q is no address: write it like https://example.org", p.PublicURL)
		}
	}
	return nil
}

// MediaStore says where files are kept.
type MediaStore struct {
	Dir      string // the folder; with a bucket that of its cache
	Bucket   string // of a store of the S3 protocol; empty: the folder is all
	Endpoint string // its URL; empty: Amazon's own
	Region   string
}

// defaultRegion is the one that Amazon's tools begin with; most other stores do
// not mind.
const defaultRegion = "us-east-1"

// MediaStore reads --media.
func (p Place) MediaStore() (MediaStore, error) {
	if p.Media == "" {
		return MediaStore{Dir: p.ownMedia()}, nil
	}
	if dir, found := strings.CutPrefix(p.Media, "file:"); found && dir != "" {
		return MediaStore{Dir: dir}, nil
	}
	u, err := url.Parse(p.Media)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" {
		// what stands there may be a secret
		return MediaStore{}, errors.New("--media is not understood: write file:DIR or s3://BUCKET?endpoint=URL&region=R")
	}
	m := MediaStore{Dir: p.ownMedia(), Bucket: u.Host, Region: defaultRegion}
	for name, values := range u.Query() {
		switch {
		case name == "endpoint" && isOrigin(values[0]):
			m.Endpoint = values[0]
		case name == "region" && values[0] != "":
			m.Region = values[0]
		default:
			return MediaStore{}, errors.New("--media: what stands behind the ? is not understood: write endpoint=https://HOST and region=NAME, and nothing else")
		}
	}
	return m, nil
}

func (p Place) ownMedia() string { return filepath.Join(p.Data, "media") }

// isOrigin tells an address that ends with its host.
func isOrigin(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && strings.Trim(u.Path, "/") == "" && u.User == nil
}

// PublicOrigin gives the scheme and host:port of a link to host that is made
// without a request.
func (p Place) PublicOrigin(host string) (string, error) {
	scheme, port := "http", ""
	if p.PublicURL != "" {
		u, err := url.Parse(p.PublicURL)
		if err != nil {
			return "", fmt.Errorf("--public-url: %w", err)
		}
		scheme, port = u.Scheme, u.Port()
	} else if _, listenPort, err := net.SplitHostPort(p.Listen); err == nil {
		port = listenPort
	}
	if port != "" && port != map[string]string{"http": "80", "https": "443"}[scheme] {
		host = net.JoinHostPort(host, port)
	}
	return scheme + "://" + host, nil
}

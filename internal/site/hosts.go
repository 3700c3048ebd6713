package site

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/indywire/indywire/internal/db"
	"github.com/indywire/indywire/internal/fault"
	"github.com/indywire/indywire/internal/modlog"
)

// HostsSeal stands for a site's hosts in a form.
func HostsSeal(hosts []string) Seal { return SealOf(append([]string{"hosts"}, hosts...)) }

// cleanHosts brings hosts into the form they are kept in, each once; of too many
// there is one more than there may be.
func cleanHosts(written []string) []string {
	hosts := make([]string, 0, len(written))
	for _, h := range written[:min(len(written), MaxHosts+1)] {
		hosts = append(hosts, NormalHost(h))
	}
	return distinct(hosts, MaxHosts)
}

// hostFaults names the hosts that are none.
func hostFaults(hosts []string) (bad []fault.Field) {
	if len(hosts) > MaxHosts {
		return []fault.Field{{Name: "host", Message: "error.too_many_hosts", Args: map[string]any{"Max": MaxHosts}}}
	}
	wrong := slices.DeleteFunc(slices.Clone(hosts), validHost)
	if len(wrong) > 0 {
		bad = append(bad, hostFault("error.host", wrong))
	}
	return bad
}

// maxShown is how much of a host a fault repeats: as much as the longest has.
const maxShown = 253

func hostFault(message string, hosts []string) fault.Field {
	shown := make([]string, 0, len(hosts))
	for _, h := range hosts {
		if len(h) > maxShown {
			h = strings.ToValidUTF8(h[:maxShown], "") + "…"
		}
		shown = append(shown, h)
	}
	return fault.Field{Name: "host", Message: message, Args: map[string]any{"Hosts": strings.Join(shown, ", ")}}
}

// ChangeHosts gives a site its hosts, in order; the first is canonical. Without
// any it is found at SLUG.<portal>. fault.Invalid for what is no host name;
// fault.Conflict where one of them leads elsewhere already, or where the hosts
// have changed since they were read as seal says. The hosts it has change
// nothing.
func ChangeHosts(ctx context.Context, b db.Beginner, by modlog.Actor, id ID, portal string, seal Seal, written []string) error {
	want := cleanHosts(written)
	if err := fault.InvalidFields(hostFaults(want)...); err != nil {
		return err
	}
	return change(ctx, b, id, func(tx pgx.Tx, st Site) (bool, error) {
		if slices.Equal(st.Hosts, want) {
			return false, nil
		}
		if err := seal.Check(HostsSeal(st.Hosts)); err != nil {
			return false, err
		}
		if err := checkHosts(ctx, tx, st, portal, want); err != nil {
			return false, err
		}
		if err := replaceHosts(ctx, tx, id, want); err != nil {
			return false, taken("host", err)
		}
		return true, log(ctx, tx, by, id, modlog.Change, "hosts")
	})
}

// checkHosts refuses hosts that lead elsewhere already, and names them: to the
// portal, to a site that has them, or to one without hosts of its own, which is
// found by its slug. Without a portal nobody knows where slugs lead.
func checkHosts(ctx context.Context, tx pgx.Tx, st Site, portal string, hosts []string) error {
	if portal == "" && len(hosts) == 0 {
		return nil // nothing leads to it that another could have
	}
	if err := lockAddresses(ctx, tx); err != nil {
		return err
	}
	if len(hosts) == 0 && portal != "" {
		hosts = []string{st.Slug + "." + portal}
	}
	elsewhere, err := takenHosts(ctx, tx, st.ID, portal, hosts)
	if err != nil || len(elsewhere) == 0 {
		return err
	}
	return &fault.Error{
		Kind: fault.Conflict, Message: "hosts lead elsewhere", Fields: []fault.Field{hostFault("error.hosts_taken", elsewhere)},
	}
}

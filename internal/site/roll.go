package site

import "slices"

// roll is what is known of all sites at one time. Nobody changes one: many read
// it at once.
type roll struct {
	stamps []stamp
	sites  []Site // in the order of All
	byHost map[string]int
}

// newRoll enters the sites and the hosts that lead to them, by the rule of
// ByHost: a host that was given to a site goes before one that follows from a
// slug.
func newRoll(stamps []stamp, sites []Site, portal string) *roll {
	r := &roll{stamps: stamps, sites: sites, byHost: map[string]int{}}
	for i, s := range sites {
		for _, host := range s.Hosts {
			r.byHost[host] = i
		}
	}
	for i, s := range sites {
		host := s.CanonicalHost(portal)
		if _, given := r.byHost[host]; !given && len(s.Hosts) == 0 {
			r.byHost[host] = i
		}
	}
	return r
}

func (r *roll) at(host string) (Site, bool) {
	if r == nil {
		return Site{}, false
	}
	i, found := r.byHost[host]
	if !found {
		return Site{}, false
	}
	return r.sites[i], true
}

// same tells whether the versions are those that the roll was made of.
func (r *roll) same(now []stamp) bool { return r != nil && slices.Equal(r.stamps, now) }

// byID are the sites that are known.
func (r *roll) byID() map[ID]Site {
	known := map[ID]Site{}
	if r != nil {
		for _, s := range r.sites {
			known[s.ID] = s
		}
	}
	return known
}

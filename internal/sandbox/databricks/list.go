package databricks

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

const (
	defaultPageSize = 20
	maxPageSize     = 100
	maxListings     = 256 // page tokens of older listings are no longer known
)

// listing is the order of one list call, kept so that its later pages cost what they hold and skip nothing.
type listing []*cluster

// listClusters answers one page, without the specs.
func (f *Fake) listClusters(r call) (any, error) {
	query := r.URL.Query()
	size, err := pageSize(query.Get("page_size"))
	if err != nil {
		return nil, err
	}
	number, offset := 0, 0
	if token := query.Get("page_token"); token != "" {
		if number, offset, err = readToken(token); err != nil {
			return nil, err
		}
	} else if number, err = f.newListing(query, r); err != nil {
		return nil, err
	}
	all, known := f.listings[number]
	if !known || offset > len(all) {
		return nil, invalidParameter("Invalid page token")
	}

	end := min(offset+size, len(all))
	page := make([]map[string]any, 0, end-offset)
	for _, c := range all[offset:end] {
		if f.advance(c, r.now); f.clusters[c.id] == c && !c.purged {
			page = append(page, f.details(c, false))
		}
	}
	reply := map[string]any{"next_page_token": "", "prev_page_token": ""}
	if len(page) > 0 {
		reply["clusters"] = page
	}
	if end < len(all) {
		reply["next_page_token"] = pageToken(number, end)
	}
	if offset > 0 {
		reply["prev_page_token"] = pageToken(number, max(0, offset-size))
	}
	return reply, nil
}

func pageSize(given string) (int, error) {
	if given == "" {
		return defaultPageSize, nil
	}
	size, err := strconv.Atoi(given)
	if err != nil || size < 0 || size > maxPageSize {
		return 0, invalidParameter("Invalid page_size %q: it must be at most %d.", given, maxPageSize)
	}
	if size == 0 {
		return defaultPageSize, nil
	}
	return size, nil
}

// newListing decides which clusters a list shows, and in which order.
func (f *Fake) newListing(query url.Values, r call) (number int, err error) {
	wanted, err := listFilter(query)
	if err != nil {
		return 0, err
	}
	order, err := listOrder(query)
	if err != nil {
		return 0, err
	}
	var all listing
	for _, c := range f.created {
		f.advance(c, r.now)
		if !c.purged && !c.visible.After(r.now) && wanted(c) && f.may(c, compute.ClusterPermissionLevelCanAttachTo) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, order)
	f.listed++
	f.listings[f.listed] = all
	delete(f.listings, f.listed-maxListings)
	return f.listed, nil
}

func listFilter(query url.Values) (func(*cluster) bool, error) {
	sources, states := query["filter_by.cluster_sources"], query["filter_by.cluster_states"]
	for _, source := range sources {
		if new(compute.ClusterSource).Set(source) != nil {
			return nil, invalidParameter("Invalid value for filter_by.cluster_sources: %s", source)
		}
	}
	for _, state := range states {
		if new(compute.State).Set(state) != nil {
			return nil, invalidParameter("Invalid value for filter_by.cluster_states: %s", state)
		}
	}
	pinned, policy := query.Get("filter_by.is_pinned"), query.Get("filter_by.policy_id")
	if pinned != "" && pinned != "true" && pinned != "false" {
		return nil, invalidParameter("Invalid value for filter_by.is_pinned: %s", pinned)
	}
	return func(c *cluster) bool {
		return (len(sources) == 0 || slices.Contains(sources, string(c.source))) &&
			(len(states) == 0 || slices.Contains(states, string(c.state))) &&
			(pinned == "" || c.pinned == (pinned == "true")) &&
			(policy == "" || text(c.attributes["policy_id"]) == policy)
	}, nil
}

// listOrder is by state, pinned before others, and name, unless the query wants names alone. Ids settle the rest, so
// the order is always the same.
func listOrder(query url.Values) (func(a, b *cluster) int, error) {
	field, direction := query.Get("sort_by.field"), query.Get("sort_by.direction")
	if field != "" && new(compute.ListClustersSortByField).Set(field) != nil {
		return nil, invalidParameter("Invalid value for sort_by.field: %s", field)
	}
	if direction != "" && new(compute.ListClustersSortByDirection).Set(direction) != nil {
		return nil, invalidParameter("Invalid value for sort_by.direction: %s", direction)
	}
	byName := field == string(compute.ListClustersSortByFieldClusterName)
	sign := 1
	if direction == string(compute.ListClustersSortByDirectionDesc) {
		sign = -1
	}
	return func(a, b *cluster) int {
		order := 0
		if !byName {
			order = cmp.Or(cmp.Compare(rank(a), rank(b)), -compareBool(a.pinned, b.pinned))
		}
		return sign * cmp.Or(order, cmp.Compare(a.name(), b.name()), cmp.Compare(a.id, b.id))
	}, nil
}

// rank puts what is up or coming up before what is at rest.
func rank(c *cluster) int {
	return slices.Index([]compute.State{
		compute.StateRunning, compute.StateResizing, compute.StateRestarting, compute.StatePending,
		compute.StateTerminating, compute.StateError, compute.StateTerminated,
	}, c.state)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}

func pageToken(number, offset int) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d:%d", number, offset))
}

func readToken(token string) (number, offset int, err error) {
	plain, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		_, err = fmt.Sscanf(string(plain), "%d:%d", &number, &offset)
	}
	if err != nil || offset < 0 {
		return 0, 0, invalidParameter("Invalid page token")
	}
	return number, offset, nil
}

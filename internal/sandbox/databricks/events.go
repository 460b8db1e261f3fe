package databricks

import (
	"slices"

	"github.com/databricks/databricks-sdk-go/service/compute"
)

const (
	defaultEvents = 50
	maxEvents     = 500
)

// clusterEvents has two ways of paging, as the vendor has: page_size with tokens, and the older limit and offset
// with the whole next request in next_page.
func (f *Fake) clusterEvents(r call) (any, error) {
	request, err := decode[compute.GetEvents](r.body)
	if err != nil {
		return nil, err
	}
	c, err := f.find(request.ClusterId, r.now, compute.ClusterPermissionLevelCanAttachTo)
	if err != nil {
		return nil, err
	}
	if request.Limit > maxEvents || request.PageSize > maxEvents || request.Limit < 0 || request.Offset < 0 || request.PageSize < 0 {
		return nil, invalidParameter("Invalid limit, offset or page_size: a page has at most %d events.", maxEvents)
	}

	events := slices.DeleteFunc(slices.Clone(c.events), func(e compute.ClusterEvent) bool {
		return e.Timestamp < request.StartTime ||
			request.EndTime != 0 && e.Timestamp > request.EndTime ||
			len(request.EventTypes) > 0 && !slices.Contains(request.EventTypes, e.Type)
	})
	if request.Order != compute.GetEventsOrderAsc { // the newest first, unless asked otherwise
		slices.Reverse(events)
	}

	byToken := request.PageSize > 0 || request.PageToken != ""
	size, offset := int(request.Limit), int(request.Offset)
	if byToken {
		size, offset = request.PageSize, 0
	}
	if request.PageToken != "" {
		if _, offset, err = readToken(request.PageToken); err != nil {
			return nil, err
		}
	}
	if size == 0 {
		size = defaultEvents
	}
	start := min(offset, len(events))
	end := min(start+size, len(events))
	reply := compute.GetEventsResponse{Events: events[start:end], TotalCount: int64(len(events)), ForceSendFields: []string{"TotalCount"}}
	if end < len(events) {
		reply.NextPageToken = pageToken(0, end)
		if !byToken {
			next := request
			next.Offset, next.Limit = int64(end), int64(size)
			reply.NextPage = &next
		}
	}
	return reply, nil
}

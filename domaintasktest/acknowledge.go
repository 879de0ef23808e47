package domaintasktest

import (
	"net/url"
	"strconv"
	"strings"
)

// acknowledge performs AcknowledgeTaskResult. Result counts the tasks taken off
// the listing, not unknown or duplicate ids.
func (s *Server) acknowledge(params url.Values) (document, *failure) {
	if _, failed := language(params); failed != nil {
		return nil, failed
	}
	ids, failed := taskDetailNos(params)
	if failed != nil {
		return nil, failed
	}
	removed := s.state.remove(ids)
	s.state.acknowledged = append(s.state.acknowledged, removed...)
	return &acknowledgeDocument{Result: len(removed)}, nil
}

// taskDetailNos reads TaskDetailNo.1 and so on. It refuses a gap, an invalid
// index and an empty id. The real service may ignore the ids after them, and a
// client that sends such a list takes them for acknowledged.
func taskDetailNos(params url.Values) ([]string, *failure) {
	const prefix = "TaskDetailNo"
	count := 0
	for name := range params {
		if strings.HasPrefix(name, prefix+".") {
			count++
		}
	}
	if count == 0 {
		return nil, missing(prefix)
	}
	ids := make([]string, count)
	for i := range ids {
		name := prefix + "." + strconv.Itoa(i+1)
		if ids[i] = params.Get(name); ids[i] == "" {
			return nil, invalid(name)
		}
	}
	return ids, nil
}

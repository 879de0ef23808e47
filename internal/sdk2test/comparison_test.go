package sdk2test

import (
	"net/http"
	"testing"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/tea/dara"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/domaintask/domaintask/internal/comparison"
)

// TestComparison holds the table in the README to what the SDK does.
func TestComparison(t *testing.T) {
	t.Parallel()
	comparison.RequireColumn(t, "second-generation SDK", newPeer)
}

type peer struct {
	client
	query map[string]*string
}

func newPeer(t *testing.T, srv *domaintasktest.Server, format domaintask.Format, transport http.RoundTripper) comparison.Peer {
	t.Helper()
	p := &peer{client: newClient(t, srv, acs3, "", transport)}
	p.retry = true
	if format == domaintask.FormatXML {
		p.format = "xml"
	}
	return p
}

func (p *peer) Method() any { return p.CallApi }

func (p *peer) Poll(domainName string, again bool) (tasks int, more bool, err error) {
	if !again {
		p.query = map[string]*string{"PageNum": dara.String("1"), "PageSize": dara.String("20")}
	}
	if p.query["DomainName"] = dara.String(domainName); domainName == "" {
		delete(p.query, "DomainName")
	}
	body, err := p.call("PollTaskResult", p.query)
	if err != nil {
		return 0, false, err
	}
	data, _ := body["Data"].(map[string]any)
	list, _ := data["TaskDetail"].([]any)
	next, _ := body["NextPage"].(bool)
	return len(list), next, nil
}

func (p *peer) Code(err error) string { return errorCode(err) }

func (p *peer) Credentials() any {
	return openapi.Config{
		AccessKeyId:     dara.String(domaintasktest.DefaultAccessKeyID),
		AccessKeySecret: dara.String(domaintasktest.DefaultAccessKeySecret),
	}
}

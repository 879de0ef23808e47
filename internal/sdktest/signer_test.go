// Package sdktest compares this module with the official SDK. Nothing imports it:
// "go mod tidy" of a program also fetches the requirements of the tests of the
// packages that it imports, and none of these tests may need the SDK.
package sdktest

import (
	"maps"
	"strconv"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/internal/refsign"
)

// FuzzSignRPC compares the SDK's signer with package refsign, as the tests of this
// module do with its own: all three sign any parameters alike.
func FuzzSignRPC(f *testing.F) {
	for _, value := range []string{"", " ", "a b", "a+b", "a*b", "a~b", "100%", "a/b", "a&b=c", "a\nb", "中文域名.com", "\xff\xfe", "%20", "'()!", "é", "🀄"} {
		f.Add("DomainName", value, value, "AKID", "secret"+value, "", 0)
		f.Add("X"+value, "v", "TaskDetail/No", "AKID"+value, "secret", "CAIS/+="+value, 12)
	}
	f.Fuzz(func(t *testing.T, name, value, other, id, secret, token string, repeat int) {
		params := map[string]string{name: value, "Other": other}
		for i := range min(max(repeat, 0), 40) {
			params["TaskDetailNo."+strconv.Itoa(i+1)] = value
		}
		requireSigned(t, refsign.Call{Params: params, ID: id, Secret: secret, SecurityToken: token})
	})
}

// TestSignRandomly signs calls that are awkward to encode.
func TestSignRandomly(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2000) {
		requireSigned(t, refsign.Random(seed))
	}
}

func requireSigned(t *testing.T, random refsign.Call) {
	t.Helper()
	request := requests.NewCommonRequest()
	request.Domain, request.Product, request.Version, request.ApiName, request.Method = "domain.aliyuncs.com", "Domain", domaintask.APIVersion, "PollTaskResult", "POST"
	request.AcceptFormat = "JSON"
	maps.Copy(request.QueryParams, random.Params)
	request.TransToAcsRequest()
	provider := provider{credentials.Credentials{AccessKeyId: random.ID, AccessKeySecret: random.Secret, SecurityToken: random.SecurityToken, BearerToken: random.Bearer}}
	require.NoError(t, auth.Sign(request, nil, "cn-hangzhou", provider))

	// Use the clock and the nonce that the SDK chose.
	params := maps.Clone(request.GetQueryParams())
	got := params["Signature"]
	delete(params, "Signature")
	_, want := refsign.Sign("POST", params, random.Secret)
	require.Equal(t, want, got, "string to sign of the SDK: %q", request.GetStringToSign())
}

type provider struct{ creds credentials.Credentials }

func (p provider) GetCredentials() (*credentials.Credentials, error) { return &p.creds, nil }
func (p provider) GetProviderName() string                           { return "test" }

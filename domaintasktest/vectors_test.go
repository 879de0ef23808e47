package domaintasktest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/domaintasktest"
)

// vector is a request that the vendor published, or that both of the vendor's SDKs
// signed.
type vector struct {
	Name          string            `json:"name"`
	Method        string            `json:"method"`
	AccessKeyID   string            `json:"accessKeyId"`
	Secret        string            `json:"secret"`
	SecurityToken string            `json:"securityToken"`
	Timestamp     string            `json:"timestamp"`
	UserParams    map[string]string `json:"userParams"`

	V1SignedParams map[string]string `json:"v1SignedParams"`
	V1Signature    string            `json:"v1Signature"`

	V3SignedHeaders map[string]string `json:"v3SignedHeaders"`
	V3Authorization string            `json:"v3Authorization"`
}

// vectors returns the vectors of the file and those of the documentation.
func vectors(t *testing.T) []vector {
	content, err := os.ReadFile("testdata/vectors.json")
	require.NoError(t, err)
	var list []vector
	require.NoError(t, json.Unmarshal(content, &list))
	return append(list,
		vector{
			Name: "DescribeRegions", Method: "GET", AccessKeyID: "testid", Secret: "testsecret", Timestamp: "2016-02-23T12:46:24Z",
			V1SignedParams: map[string]string{
				"Timestamp": "2016-02-23T12:46:24Z", "Format": "XML", "AccessKeyId": "testid", "Action": "DescribeRegions",
				"SignatureMethod": "HMAC-SHA1", "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
				"Version": "2014-05-26", "SignatureVersion": "1.0",
			},
			V1Signature: "OLeaidS1JvxuMvnyHOwuJ+uX5qY=",
		},
		vector{
			Name: "DescribeDedicatedHosts", Method: "GET", AccessKeyID: "testid", Secret: "testsecret", Timestamp: "2023-03-13T08:34:30Z",
			V1SignedParams: map[string]string{
				"AccessKeyId": "testid", "Action": "DescribeDedicatedHosts", "Format": "JSON", "RegionId": "cn-beijing",
				"SignatureMethod": "HMAC-SHA1", "SignatureNonce": "edb2b34af0af9a6d14deaf7c1a5315eb",
				"SignatureVersion": "1.0", "Timestamp": "2023-03-13T08:34:30Z", "Version": "2014-05-26",
			},
			V1Signature: "9NaGiOspFP5UPcwX8Iwt2YJXXuk=",
		},
		vector{
			Name: "SendSms", Method: "GET", AccessKeyID: "testId", Secret: "testSecret", Timestamp: "2017-07-12T02:42:19Z",
			V1SignedParams: map[string]string{
				"AccessKeyId": "testId", "Action": "SendSms", "Format": "XML", "OutId": "123", "PhoneNumbers": "15300000001",
				"RegionId": "cn-hangzhou", "SignName": "阿里云短信测试专用", "SignatureMethod": "HMAC-SHA1",
				"SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466", "SignatureVersion": "1.0", "TemplateCode": "SMS_71390007",
				"TemplateParam": `{"customer":"test"}`, "Timestamp": "2017-07-12T02:42:19Z", "Version": "2017-05-25",
			},
			V1Signature: "zJDF+Lrzhj/ThnlvIToysFRq6t4=",
		},
		vector{
			Name: "RunInstances", Method: "POST", AccessKeyID: "YourAccessKeyId", Secret: "YourAccessKeySecret", Timestamp: "2023-10-26T10:22:32Z",
			UserParams: map[string]string{"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"},
			V3SignedHeaders: map[string]string{
				"host": "ecs.cn-shanghai.aliyuncs.com", "x-acs-action": "RunInstances", "x-acs-version": "2014-05-26",
				"x-acs-date": "2023-10-26T10:22:32Z", "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
				"x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			},
			V3Authorization: "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
		},
	)
}

// server returns a server with the vector's key and time.
func (v vector) server(t *testing.T) *domaintasktest.Server {
	now, err := time.Parse(time.RFC3339, v.Timestamp)
	require.NoError(t, err)
	return newServer(t, domaintasktest.Options{
		InMemory:        true,
		AccessKeyID:     v.AccessKeyID,
		AccessKeySecret: v.Secret,
		SecurityToken:   v.SecurityToken,
		Now:             func() time.Time { return now },
	})
}

func TestVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		if v.V1Signature != "" {
			t.Run("RPC "+v.Name, func(t *testing.T) {
				t.Parallel()
				query := url.Values{"Signature": {v.V1Signature}}
				for name, value := range v.V1SignedParams {
					query.Set(name, value)
				}
				v.requireSigned(t, httptest.NewRequest(v.Method, "/?"+query.Encode(), nil))

				query.Set("Signature", strings.ToLower(v.V1Signature))
				require.Equal(t, "SignatureDoesNotMatch", v.code(t, httptest.NewRequest(v.Method, "/?"+query.Encode(), nil)))
			})
		}
		if v.V1Signature != "" && v.Method == http.MethodPost {
			t.Run("RPC form "+v.Name, func(t *testing.T) {
				t.Parallel()
				form, query := url.Values{}, url.Values{"Signature": {v.V1Signature}}
				for name, value := range v.V1SignedParams {
					form.Set(name, value)
				}
				r := httptest.NewRequest(v.Method, "/?"+query.Encode(), strings.NewReader(form.Encode()))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				v.requireSigned(t, r)
			})
		}
		if v.V3Authorization != "" {
			t.Run("ACS3 "+v.Name, func(t *testing.T) {
				t.Parallel()
				v.requireSigned(t, v.acs3())
				tampered := v.acs3()
				tampered.Host = "example.com"
				require.Equal(t, "SignatureDoesNotMatch", v.code(t, tampered))
			})
		}
	}
}

func (v vector) acs3() *http.Request {
	query := url.Values{}
	for name, value := range v.UserParams {
		query.Set(name, value)
	}
	r := httptest.NewRequest(v.Method, "/?"+query.Encode(), nil)
	for name, value := range v.V3SignedHeaders {
		r.Header.Set(name, value)
	}
	r.Header.Del("Host")
	r.Host = v.V3SignedHeaders["host"]
	r.Header.Set("Authorization", v.V3Authorization)
	return r
}

// requireSigned wants the signature to be accepted. The operation may be unknown,
// which is checked after the signature.
func (v vector) requireSigned(t *testing.T, r *http.Request) {
	t.Helper()
	require.Contains(t, []string{"", "NoSuchVersion"}, v.code(t, r))
}

func (v vector) code(t *testing.T, r *http.Request) string {
	t.Helper()
	srv := v.server(t)
	srv.ServeHTTP(httptest.NewRecorder(), r)
	requests := srv.Requests()
	require.Len(t, requests, 1)
	return requests[0].Code
}

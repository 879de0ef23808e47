package domaintask

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/internal/refsign"
)

// The vectors of the vendor's documentation, each parameter as given there.
var rpcVectors = []struct {
	name, method, secret string
	params               map[string]string
	stringToSign         string // "" = not published
	signature            string
}{
	{
		name: "DescribeRegions", method: "GET", secret: "testsecret",
		params: map[string]string{
			"Timestamp": "2016-02-23T12:46:24Z", "Format": "XML", "AccessKeyId": "testid", "Action": "DescribeRegions",
			"SignatureMethod": "HMAC-SHA1", "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
			"Version": "2014-05-26", "SignatureVersion": "1.0",
		},
		stringToSign: "GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeRegions%26Format%3DXML%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3D3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf%26SignatureVersion%3D1.0%26Timestamp%3D2016-02-23T12%253A46%253A24Z%26Version%3D2014-05-26",
		signature:    "OLeaidS1JvxuMvnyHOwuJ+uX5qY=",
	},
	{
		name: "DescribeDedicatedHosts", method: "GET", secret: "testsecret",
		params: map[string]string{
			"AccessKeyId": "testid", "Action": "DescribeDedicatedHosts", "Format": "JSON", "RegionId": "cn-beijing",
			"SignatureMethod": "HMAC-SHA1", "SignatureNonce": "edb2b34af0af9a6d14deaf7c1a5315eb", "SignatureVersion": "1.0",
			"Timestamp": "2023-03-13T08:34:30Z", "Version": "2014-05-26",
		},
		signature: "9NaGiOspFP5UPcwX8Iwt2YJXXuk=",
	},
	{
		name: "SendSms", method: "GET", secret: "testSecret",
		params: map[string]string{
			"AccessKeyId": "testId", "Action": "SendSms", "Format": "XML", "OutId": "123", "PhoneNumbers": "15300000001",
			"RegionId": "cn-hangzhou", "SignName": "阿里云短信测试专用", "SignatureMethod": "HMAC-SHA1",
			"SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466", "SignatureVersion": "1.0", "TemplateCode": "SMS_71390007",
			"TemplateParam": `{"customer":"test"}`, "Timestamp": "2017-07-12T02:42:19Z", "Version": "2017-05-25",
		},
		signature: "zJDF+Lrzhj/ThnlvIToysFRq6t4=",
	},
}

func TestRPCVectors(t *testing.T) {
	t.Parallel()
	for _, v := range rpcVectors {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			stringToSign := rpcStringToSign(v.method, v.params)
			if v.stringToSign != "" {
				require.Equal(t, v.stringToSign, stringToSign)
			}
			require.Equal(t, v.signature, rpcSignature(stringToSign, v.secret))

			call, creds := callOf(t, v.method, v.params, v.secret)
			query, signature := signRPC(call, newSigningKey(creds))
			require.Equal(t, v.signature, signature)
			values, err := url.ParseQuery(query)
			require.NoError(t, err)
			require.Equal(t, v.signature, values.Get("Signature"))
			values.Del("Signature")
			require.Equal(t, paramsOf(v.params), sorted(paramsOfValues(values)), "nothing but the parameters of the vector is sent")
		})
	}
}

func TestACS3Vector(t *testing.T) {
	t.Parallel()
	header := http.Header{}
	query, signature := signACS3(signedCall{
		method: "POST", host: "ecs.cn-shanghai.aliyuncs.com", action: "RunInstances", version: "2014-05-26",
		params: []param{{"RegionId", "cn-shanghai"}, {"ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}},
		time:   at(t, "2023-10-26T10:22:32Z"), nonce: "3156853299f313e23d1673dc12e1703d",
	}, newSigningKey(NewCredentials("YourAccessKeyId", "YourAccessKeySecret", "")), header)

	require.Equal(t, "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai", query)
	require.Equal(t, "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0", signature)
	require.Equal(t, http.Header{
		"X-Acs-Action":          {"RunInstances"},
		"X-Acs-Version":         {"2014-05-26"},
		"X-Acs-Date":            {"2023-10-26T10:22:32Z"},
		"X-Acs-Signature-Nonce": {"3156853299f313e23d1673dc12e1703d"},
		"X-Acs-Content-Sha256":  {emptyHash},
		"Authorization": {"ACS3-HMAC-SHA256 Credential=YourAccessKeyId," +
			"SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version," +
			"Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"},
	}, header)

	canonical, names := acs3CanonicalRequest("POST", query, []param{
		{"host", "ecs.cn-shanghai.aliyuncs.com"}, {"x-acs-action", "RunInstances"}, {"x-acs-version", "2014-05-26"},
		{"x-acs-date", "2023-10-26T10:22:32Z"}, {"x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"}, {"x-acs-content-sha256", emptyHash},
	}, emptyHash)
	require.Equal(t, "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version", names)
	require.Equal(t, "ACS3-HMAC-SHA256\n7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259", string(appendACS3StringToSign(nil, canonical)))
}

// TestVectorFile signs the requests of testdata/signatures both ways.
func TestVectorFile(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/signatures/vectors.json")
	require.NoError(t, err)
	var vectors []struct {
		Name, Method, AccessKeyID, Secret, SecurityToken, Nonce, Timestamp string
		UserParams, V1SignedParams                                         map[string]string
		V1StringToSign, V1Signature, V3Authorization                       string
		V3SignedHeaders                                                    map[string]string
	}
	require.NoError(t, json.Unmarshal(text, &vectors))
	require.Len(t, vectors, 15)
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			stringToSign := rpcStringToSign(v.Method, v.V1SignedParams)
			require.Equal(t, v.V1StringToSign, stringToSign)
			require.Equal(t, v.V1Signature, rpcSignature(stringToSign, v.Secret))

			call, creds := callOf(t, v.Method, v.V1SignedParams, v.Secret)
			_, signature := signRPC(call, newSigningKey(creds))
			require.Equal(t, v.V1Signature, signature)

			headers := paramsOf(v.V3SignedHeaders)
			canonical, names := acs3CanonicalRequest(v.Method, canonicalQuery(paramsOf(v.UserParams)), headers, emptyHash)
			require.Equal(t, v.V3Authorization, "ACS3-HMAC-SHA256 Credential="+v.AccessKeyID+",SignedHeaders="+names+
				",Signature="+acs3Signature(canonical, v.Secret))
		})
	}
}

func TestACS3SignsTheToken(t *testing.T) {
	t.Parallel()
	header := http.Header{}
	signACS3(signedCall{method: "POST", host: "domain.aliyuncs.com", action: "PollTaskResult", version: APIVersion, time: at(t, "2026-01-02T03:04:05Z"), nonce: "n"},
		newSigningKey(NewCredentials("testid", "testsecret-of-some-length", "CAISExample/+=Token")), header)
	require.Equal(t, "CAISExample/+=Token", header.Get("X-Acs-Security-Token"))
	require.Contains(t, header.Get("Authorization"), ";x-acs-security-token;")
}

// FuzzPercentEncode holds the encoding against that of net/url.
func FuzzPercentEncode(f *testing.F) {
	for _, s := range []string{"", "AZaz09-_.~", " +*%/&=?#", "中文域名.com", "a\nb\x00", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := percentEncode(s)
		require.Equal(t, refsign.Encode(s), got)
		require.Len(t, got, encodedLen(s))
		back, err := url.PathUnescape(got)
		require.NoError(t, err)
		require.Equal(t, s, back)
	})
}

// FuzzSignRPC holds the signer to package refsign, as package sdktest does with
// the official SDK's: whatever the parameters, all three sign alike.
func FuzzSignRPC(f *testing.F) {
	f.Add("DomainName", "a b", "Lang", "zh", "AKID", "secret", "", "", "n", int64(1767323045))
	f.Add("Version2", "*~+", "a", "\xff", "", strings.Repeat("long", 16), "CAIS/+=", "bearer", "", int64(0))
	f.Add("Z", strings.Repeat("中文", 300), "", "", "i", strings.Repeat("longer", 30), strings.Repeat("+/", 700), "", "n", int64(-1))
	f.Fuzz(func(t *testing.T, name, value, other, otherValue, id, secret, token, bearer, nonce string, seconds int64) {
		requireSigned(t, refsign.Call{Params: map[string]string{name: value, other: otherValue}, ID: id, Secret: secret, SecurityToken: token, Bearer: bearer},
			time.Unix(seconds%(1<<37), 0), nonce)
	})
}

// TestSignRandomly signs calls that are awkward to encode.
func TestSignRandomly(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2000) {
		requireSigned(t, refsign.Random(seed), time.Unix(int64(seed), 0), strconv.FormatUint(seed, 16))
	}
}

func requireSigned(t *testing.T, random refsign.Call, now time.Time, nonce string) {
	t.Helper()
	for _, common := range commonParams {
		delete(random.Params, common)
	}
	call := signedCall{method: "POST", action: "PollTaskResult", version: APIVersion, params: paramsOf(random.Params), time: now, nonce: nonce}
	creds := Credentials{AccessKeyID: random.ID, AccessKeySecret: NewSecret(random.Secret), SecurityToken: NewSecret(random.SecurityToken), BearerToken: NewSecret(random.Bearer)}
	query, signature := signRPC(call, newSigningKey(creds))

	params := maps.Clone(random.Params)
	params["AccessKeyId"], params["Action"], params["Version"] = creds.AccessKeyID, call.action, call.version
	params["SignatureMethod"], params["SignatureVersion"], params["SignatureNonce"] = "HMAC-SHA1", "1.0", nonce
	params["Timestamp"] = now.UTC().Format("2006-01-02T15:04:05Z")
	if random.SecurityToken != "" {
		params["SecurityToken"] = random.SecurityToken
	}
	if random.Bearer != "" {
		params["BearerToken"], params["SignatureType"] = random.Bearer, "BEARERTOKEN"
	}
	wantQuery, wantSignature := refsign.Sign("POST", params, random.Secret)
	require.Equal(t, wantQuery+"&Signature="+refsign.Encode(wantSignature), query)
	require.Equal(t, wantSignature, signature)
}

// rpcStringToSign is what is signed of a call with these parameters.
func rpcStringToSign(method string, params map[string]string) string {
	return string(appendRPCStringToSign(nil, method, []byte(canonicalQuery(paramsOf(params))), newSigningKey(Credentials{})))
}

func rpcSignature(stringToSign, secret string) string {
	hmac := newSigningKey(NewCredentials("", secret, "")).rpc.get()
	hmac.text = []byte(stringToSign)
	return string(appendRPCSignature(nil, hmac))
}

func acs3Signature(canonicalRequest, secret string) string {
	hmac := newSigningKey(NewCredentials("", secret, "")).acs3.get()
	hmac.text = appendACS3StringToSign(nil, canonicalRequest)
	return hex.EncodeToString(hmac.sign())
}

// callOf splits signed parameters into what signRPC takes: those that it adds
// itself, and the rest.
func callOf(t *testing.T, method string, signed map[string]string, secret string) (signedCall, Credentials) {
	t.Helper()
	call := signedCall{method: method, action: signed["Action"], version: signed["Version"], time: at(t, signed["Timestamp"]), nonce: signed["SignatureNonce"]}
	creds := Credentials{AccessKeyID: signed["AccessKeyId"], AccessKeySecret: NewSecret(secret), SecurityToken: NewSecret(signed["SecurityToken"]), BearerToken: NewSecret(signed["BearerToken"])}
	added := map[string]bool{
		"AccessKeyId": true, "Action": true, "SecurityToken": signed["SecurityToken"] != "", "BearerToken": signed["BearerToken"] != "",
		"SignatureMethod": true, "SignatureNonce": true, "SignatureVersion": true, "Timestamp": true, "Version": true,
		"SignatureType": signed["BearerToken"] != "",
	}
	for name, value := range signed {
		if !added[name] {
			call.params = append(call.params, param{name, value})
		}
	}
	return call, creds
}

func paramsOf(values map[string]string) []param {
	var list []param
	for name, value := range values {
		list = append(list, param{name, value})
	}
	return sorted(list)
}

func paramsOfValues(values url.Values) []param {
	var list []param
	for name, each := range values {
		for _, value := range each {
			list = append(list, param{name, value})
		}
	}
	return list
}

func sorted(list []param) []param {
	canonicalQuery(list)
	return list
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	instant, err := time.Parse(time.RFC3339, text)
	require.NoError(t, err)
	return instant
}

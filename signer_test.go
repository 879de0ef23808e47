package domaintask

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	sdkcredentials "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/stretchr/testify/require"
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
	}, newSigningKey(Credentials{AccessKeyID: "YourAccessKeyId", AccessKeySecret: "YourAccessKeySecret"}), header)

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
		newSigningKey(Credentials{AccessKeyID: "testid", AccessKeySecret: "testsecret", SecurityToken: "CAISExample/+=Token"}), header)
	require.Equal(t, "CAISExample/+=Token", header.Get("X-Acs-Security-Token"))
	require.Contains(t, header.Get("Authorization"), ";x-acs-security-token;")
}

// FuzzSignRPC holds the signer against the official SDK's: whatever the
// parameters, both compute the same signature.
func FuzzSignRPC(f *testing.F) {
	for _, value := range []string{"", " ", "a b", "a+b", "a*b", "a~b", "100%", "a/b", "a&b=c", "a\nb", "中文域名.com", "\xff\xfe", "%20", "'()!", "é", "🀄"} {
		f.Add("DomainName", value, value, "AKID", "secret"+value, "", 0)
		f.Add("X"+value, "v", "TaskDetail/No", "AKID"+value, "secret", "CAIS/+="+value, 12)
	}
	f.Fuzz(func(t *testing.T, name, value, other, id, secret, token string, repeat int) {
		values := map[string]string{name: value, "Other": other}
		for i := range min(max(repeat, 0), 40) {
			values["TaskDetailNo."+strconv.Itoa(i+1)] = value
		}
		for _, common := range commonParams {
			delete(values, common)
		}
		compareWithSDK(t, values, id, secret, token, "")
	})
}

// TestSignRPCAsTheSDKDoes signs random calls, made of what is awkward to encode.
func TestSignRPCAsTheSDKDoes(t *testing.T) {
	t.Parallel()
	awkward := []string{"", " ", "+", "*", "~", "%", "/", "&", "=", "\n", "%20", "a", "Z", "0", "-_.", "中文", "é", "🀄", "\x00", "\xff", "'()!", `"{}`}
	for seed := range uint64(2000) {
		random := rand.New(rand.NewPCG(seed, 0))
		text := func() string {
			var b strings.Builder
			for range random.IntN(6) {
				b.WriteString(awkward[random.IntN(len(awkward))])
			}
			return b.String()
		}
		values := map[string]string{}
		for range random.IntN(5) {
			values["P"+text()] = text()
		}
		for i := range random.IntN(30) {
			values["TaskDetailNo."+strconv.Itoa(i+1)] = text()
		}
		token := ""
		if random.IntN(2) == 1 {
			token = "CAIS" + text()
		}
		compareWithSDK(t, values, text(), text(), token, "")
	}
}

func TestSignRPCWithBearerTokenAsTheSDKDoes(t *testing.T) {
	t.Parallel()
	compareWithSDK(t, map[string]string{"PageNum": "1"}, "", "", "", "bearer/+= token")
}

// compareWithSDK lets the official SDK sign a request, takes over the clock and
// nonce that it chose, and expects the same signature from signRPC.
func compareWithSDK(t *testing.T, values map[string]string, id, secret, token, bearer string) {
	t.Helper()
	request := requests.NewCommonRequest()
	request.Domain, request.Product, request.Version, request.ApiName, request.Method = "domain.aliyuncs.com", "Domain", APIVersion, "PollTaskResult", "POST"
	request.AcceptFormat = "JSON"
	for name, value := range values {
		request.QueryParams[name] = value
	}
	request.TransToAcsRequest()
	provider := sdkProvider{sdkcredentials.Credentials{AccessKeyId: id, AccessKeySecret: secret, SecurityToken: token, BearerToken: bearer}}
	require.NoError(t, auth.Sign(request, nil, "cn-hangzhou", provider))

	signed := request.GetQueryParams()
	want := signed["Signature"]
	delete(signed, "Signature")
	call, creds := callOf(t, "POST", signed, secret)
	query, signature := signRPC(call, newSigningKey(creds))
	require.Equal(t, want, signature, "string to sign of the SDK: %q", request.GetStringToSign())

	// What is sent must read back as what was signed.
	sent, err := url.ParseQuery(query)
	require.NoError(t, err)
	sent.Del("Signature")
	require.Equal(t, paramsOf(signed), sorted(paramsOfValues(sent)))
}

type sdkProvider struct{ creds sdkcredentials.Credentials }

func (p sdkProvider) GetCredentials() (*sdkcredentials.Credentials, error) { return &p.creds, nil }
func (p sdkProvider) GetProviderName() string                              { return "test" }

// FuzzPercentEncode holds the encoding against net/url, which differs in how
// it writes a space, an asterisk and a tilde.
func FuzzPercentEncode(f *testing.F) {
	for _, s := range []string{"", "AZaz09-_.~", " +*%/&=?#", "中文域名.com", "a\nb\x00", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := percentEncode(s)
		want := encodeSimply(s)
		require.Equal(t, want, got)
		require.Len(t, got, encodedLen(s))
		back, err := url.PathUnescape(got)
		require.NoError(t, err)
		require.Equal(t, s, back)
	})
}

// FuzzSignRPCSimply holds the signer against the same scheme written the simple
// way, with maps and strings.
func FuzzSignRPCSimply(f *testing.F) {
	f.Add("DomainName", "a b", "Lang", "zh", "AKID", "secret", "", "", "n", int64(1767323045))
	f.Add("Version2", "*~+", "a", "\xff", "", strings.Repeat("long", 16), "CAIS/+=", "bearer", "", int64(0))
	f.Add("Z", strings.Repeat("中文", 300), "", "", "i", strings.Repeat("longer", 30), strings.Repeat("+/", 700), "", "n", int64(-1))
	f.Fuzz(func(t *testing.T, name, value, other, otherValue, id, secret, token, bearer, nonce string, seconds int64) {
		values := map[string]string{name: value, other: otherValue}
		for _, common := range commonParams {
			delete(values, common)
		}
		call := signedCall{method: "POST", action: "PollTaskResult", version: APIVersion, params: paramsOf(values), time: time.Unix(seconds%(1<<37), 0), nonce: nonce}
		creds := Credentials{AccessKeyID: id, AccessKeySecret: secret, SecurityToken: token, BearerToken: bearer}
		query, signature := signRPC(call, newSigningKey(creds))
		wantQuery, wantSignature := signSimply(call, values, creds)
		require.Equal(t, wantQuery, query)
		require.Equal(t, wantSignature, signature)
	})
}

func signSimply(call signedCall, values map[string]string, creds Credentials) (query, signature string) {
	values = maps.Clone(values)
	values["AccessKeyId"], values["Action"], values["Version"] = creds.AccessKeyID, call.action, call.version
	values["SignatureMethod"], values["SignatureVersion"], values["SignatureNonce"] = "HMAC-SHA1", "1.0", call.nonce
	values["Timestamp"] = call.time.UTC().Format("2006-01-02T15:04:05Z")
	if creds.SecurityToken != "" {
		values["SecurityToken"] = creds.SecurityToken
	}
	if creds.BearerToken != "" {
		values["BearerToken"], values["SignatureType"] = creds.BearerToken, "BEARERTOKEN"
	}
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		pairs = append(pairs, encodeSimply(name)+"="+encodeSimply(values[name]))
	}
	query = strings.Join(pairs, "&")
	mac := hmac.New(sha1.New, []byte(creds.AccessKeySecret+"&"))
	mac.Write([]byte(call.method + "&%2F&" + encodeSimply(query)))
	signature = base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return query + "&Signature=" + encodeSimply(signature), signature
}

func encodeSimply(s string) string {
	return strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(url.QueryEscape(s))
}

// rpcStringToSign is what is signed of a call with these parameters.
func rpcStringToSign(method string, params map[string]string) string {
	return string(appendRPCStringToSign(nil, method, []byte(canonicalQuery(paramsOf(params))), newSigningKey(Credentials{})))
}

func rpcSignature(stringToSign, secret string) string {
	hmac := newSigningKey(Credentials{AccessKeySecret: secret}).rpc.get()
	hmac.text = []byte(stringToSign)
	return string(appendRPCSignature(nil, hmac))
}

func acs3Signature(canonicalRequest, secret string) string {
	hmac := newSigningKey(Credentials{AccessKeySecret: secret}).acs3.get()
	hmac.text = appendACS3StringToSign(nil, canonicalRequest)
	return hex.EncodeToString(hmac.sign())
}

// callOf splits signed parameters into what signRPC takes: those that it adds
// itself, and the rest.
func callOf(t *testing.T, method string, signed map[string]string, secret string) (signedCall, Credentials) {
	t.Helper()
	call := signedCall{method: method, action: signed["Action"], version: signed["Version"], time: at(t, signed["Timestamp"]), nonce: signed["SignatureNonce"]}
	creds := Credentials{AccessKeyID: signed["AccessKeyId"], AccessKeySecret: secret, SecurityToken: signed["SecurityToken"], BearerToken: signed["BearerToken"]}
	added := map[string]bool{
		"AccessKeyId": true, "Action": true, "SecurityToken": creds.SecurityToken != "", "BearerToken": creds.BearerToken != "",
		"SignatureMethod": true, "SignatureNonce": true, "SignatureVersion": true, "Timestamp": true, "Version": true,
		"SignatureType": creds.BearerToken != "",
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

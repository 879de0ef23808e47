package domaintask_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The secrets of holders, which are in some encoding in nothing that is shown.
const (
	printedSecret = "SECRET~/+= with 30 characters"
	printedToken  = "CAIS~/+=TOKEN"
	printedBearer = "BEARER~/+=token"
)

// holders returns what holds secrets: values of this package, alone and in a
// program's own values, where no method of theirs may be called.
func holders(t *testing.T) map[string]any {
	creds := domaintask.Credentials{
		AccessKeyID: testKeyID, AccessKeySecret: domaintask.NewSecret(printedSecret),
		SecurityToken: domaintask.NewSecret(printedToken), BearerToken: domaintask.NewSecret(printedBearer),
	}
	type state struct {
		Name     string
		Shown    domaintask.Credentials
		Pointer  *domaintask.Credentials
		Any      any
		List     []domaintask.Secret
		Counts   map[domaintask.Secret]int
		hidden   domaintask.Credentials
		pointer  *domaintask.Credentials
		any      any
		list     [2]domaintask.Secret
		provider domaintask.CredentialsProvider
	}
	config := domaintask.Config{Credentials: domaintask.StaticCredentials(testKeyID, printedSecret, printedToken)}
	held := state{"name", creds, &creds, creds, []domaintask.Secret{creds.SecurityToken}, map[domaintask.Secret]int{creds.BearerToken: 1},
		creds, &creds, &creds, [2]domaintask.Secret{creds.AccessKeySecret}, config.Credentials}
	holders := map[string]any{
		"a secret":      creds.AccessKeySecret,
		"credentials":   creds,
		"a pointer":     &creds,
		"a provider":    config.Credentials,
		"a config":      config,
		"a state":       held,
		"its pointer":   &held,
		"a list":        []any{held, &held, creds},
		"a map":         map[string]any{"state": held},
		"a channel":     make(chan domaintask.Credentials, 1),
		"embedded":      struct{ domaintask.Credentials }{creds},
		"embedded deep": &struct{ *state }{&held},
	}
	holders["a channel"].(chan domaintask.Credentials) <- creds
	for name, config := range usedConfigs(t) {
		client := newClient(t, config)
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
		holders[name+" config"], holders[name+" client"], holders[name+" copy"] = config, client, *client
	}
	return holders
}

// usedConfigs returns configurations of a service that accepts them, one for
// each way to sign.
func usedConfigs(t *testing.T) map[string]domaintask.Config {
	server := domaintasktest.NewServerWith(domaintasktest.Options{
		PlainHTTP: true, AccessKeyID: testKeyID, AccessKeySecret: strings.ReplaceAll(printedSecret, " ", "-"), SecurityToken: printedToken, BearerToken: printedBearer,
	}, domaintasktest.Tasks(3, 1)...)
	t.Cleanup(server.Close)
	access := domaintask.Config{Endpoint: server.URL, Credentials: domaintask.StaticCredentials(testKeyID, strings.ReplaceAll(printedSecret, " ", "-"), printedToken)}
	acs3, bearer := access, access
	acs3.Signature, acs3.Credentials = domaintask.SignatureACS3, domaintask.CredentialsFunc(access.Credentials.Credentials)
	bearer.Credentials = domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) {
		return domaintask.BearerCredentials(printedBearer), nil
	})
	return map[string]domaintask.Config{"HMAC-SHA1": access, "ACS3": acs3, "bearer": bearer}
}

// requireHidden searches text for the secrets as they are and encoded.
func requireHidden(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{printedSecret, strings.ReplaceAll(printedSecret, " ", "-"), printedToken, printedBearer} {
		once := strings.ReplaceAll(url.QueryEscape(secret), "%7E", "~")
		for _, form := range []string{
			secret, once, url.QueryEscape(once), url.QueryEscape(secret), url.PathEscape(secret),
			hex.EncodeToString([]byte(secret)), strings.Trim(fmt.Sprint([]byte(secret)), "[]"), strings.Trim(fmt.Sprintf("%#v", []byte(secret)), "[]byte{}"),
			strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(secret)), "="), strings.TrimRight(base64.URLEncoding.EncodeToString([]byte(secret)), "="),
		} {
			require.NotContains(t, strings.ToLower(text), strings.ToLower(form))
		}
	}
}

// TestNothingPrintsASecret prints what holds secrets in every way that a
// program may, those that pass by methods included.
func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	for name, holder := range holders(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			for _, verb := range "vTtbcdoOqxXUeEfFgGspz" {
				for _, flags := range []string{"", "+", "#", "-20.40", "+#0 "} {
					fmt.Fprintf(&b, "%"+flags+string(verb)+"\n", holder)
				}
			}
			b.WriteString(show(t, holder))
			text, _ := xml.Marshal(holder)
			b.Write(text)
			gob.NewEncoder(&b).Encode(holder)
			b.WriteString(diff(holder)) // as spew prints it
			requireHidden(t, b.String())
			requireHidden(t, strings.Join(reachable(reflect.ValueOf(holder)), "\n"))
		})
	}
}

// TestSecretsShowAsHidden where methods are called, and none as nothing.
func TestSecretsShowAsHidden(t *testing.T) {
	t.Parallel()
	creds := domaintask.NewCredentials(testKeyID, printedSecret, "")
	require.Equal(t, "{testid [hidden]  }", fmt.Sprint(creds))
	require.Equal(t, `domaintask.Credentials{AccessKeyID:"testid", AccessKeySecret:[hidden], SecurityToken:, BearerToken:}`, fmt.Sprintf("%#v", creds))
	require.Equal(t, "[hidden] [hidden] [hidden]", fmt.Sprintf("%d %x %+v", creds.AccessKeySecret, creds.AccessKeySecret, creds.AccessKeySecret))
	text, err := json.Marshal(creds)
	require.NoError(t, err)
	require.JSONEq(t, `{"AccessKeyID":"testid","AccessKeySecret":"[hidden]","SecurityToken":"","BearerToken":""}`, string(text))
	text, err = xml.Marshal(creds)
	require.NoError(t, err)
	require.Equal(t, "<Credentials><AccessKeyID>testid</AccessKeyID><AccessKeySecret>[hidden]</AccessKeySecret><SecurityToken></SecurityToken><BearerToken></BearerToken></Credentials>", string(text))
}

// diff returns what testify says of two values that differ.
func diff(v any) string {
	var failure failureText
	assert.Equal(&failure, []any{v, 1}, []any{v, 2})
	return failure.String()
}

type failureText struct{ strings.Builder }

func (f *failureText) Errorf(format string, args ...any) { fmt.Fprintf(f, format, args...) }

// reachable returns the texts that a walk over all that v reaches finds: in
// fields of any name, behind pointers, in slices up to their capacity.
// Functions and channels have nothing to walk.
func reachable(v reflect.Value) []string {
	var texts []string
	type visit struct {
		at   unsafe.Pointer
		kind reflect.Type
	}
	seen := map[visit]bool{}
	var walk func(reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			texts = append(texts, v.String())
		case reflect.Interface:
			walk(v.Elem())
		case reflect.Pointer:
			if at := (visit{v.UnsafePointer(), v.Type()}); !v.IsNil() && !seen[at] {
				seen[at] = true
				walk(v.Elem())
			}
		case reflect.Slice:
			if v.IsNil() || seen[visit{v.UnsafePointer(), v.Type()}] {
				return
			}
			seen[visit{v.UnsafePointer(), v.Type()}] = true
			v = v.Slice(0, v.Cap())
			if v.Type().Elem().Kind() == reflect.Uint8 {
				texts = append(texts, string(v.Bytes()))
				return
			}
			fallthrough
		case reflect.Array:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Map:
			for entries := v.MapRange(); entries.Next(); {
				walk(entries.Key())
				walk(entries.Value())
			}
		case reflect.Struct:
			if strings.HasPrefix(v.Type().Name(), "Pointer[") && v.Type().PkgPath() == "sync/atomic" {
				walk(reflect.NewAt(v.Type().Field(0).Type.Elem().Elem(), v.FieldByName("v").UnsafePointer()))
			}
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		}
	}
	walk(v)
	return texts
}

// TestCrashShowsNoSecret ends a process with a panic over what holds secrets,
// and all its goroutines dumped.
func TestCrashShowsNoSecret(t *testing.T) {
	t.Parallel()
	if os.Getenv("DOMAINTASK_CRASH") != "" {
		crash(domaintask.NewCredentials(testKeyID, printedSecret, printedToken), domaintask.NewSecret(printedBearer))
	}
	output, err := rerun(t, "DOMAINTASK_CRASH=1", "GOTRACEBACK=system")
	require.Error(t, err)
	require.Contains(t, output, "domaintask_test.crash(")
	requireHidden(t, output)
}

// rerun runs the test t alone, in a process with these variables.
func rerun(t *testing.T, env ...string) (output string, err error) {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), program, "-test.v", "-test.run=^"+t.Name()+"$")
	command.Env = append(os.Environ(), env...)
	text, err := command.CombinedOutput()
	return string(text), err
}

//go:noinline
func crash(creds domaintask.Credentials, secret domaintask.Secret) {
	defer runtime.KeepAlive(secret)
	panic(creds)
}

// TestEmbeddedValuesKeepTheFieldsAround: what embeds a Config, Credentials or a
// Client prints, and marshals where it says so, its own fields, too.
func TestEmbeddedValuesKeepTheFieldsAround(t *testing.T) {
	t.Parallel()
	config := domaintask.Config{Credentials: static(), Endpoint: "domain.example", UserAgent: "renewals/1"}
	type withConfig struct {
		domaintask.Config
		Team string
	}
	type withCredentials struct {
		domaintask.Credentials
		Team string
	}
	type withClient struct {
		*domaintask.Client
		Team string
	}
	for _, v := range []any{withConfig{config, "dns"}, &withConfig{config, "dns"}, withCredentials{domaintask.NewCredentials("id", "s", ""), "dns"}, withClient{newClient(t, config), "dns"}} {
		require.Contains(t, fmt.Sprintf("%+v", v), "Team:dns")
		require.Contains(t, fmt.Sprintf("%#v", v), `Team:"dns"`)
	}
	for _, v := range []any{withConfig{config, "dns"}, &withConfig{config, "dns"}, withConfig{Team: "dns"}} {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		var back map[string]any
		require.NoError(t, json.Unmarshal(text, &back))
		require.Equal(t, "dns", back["Team"])
		require.Contains(t, back, "Endpoint")
	}
	text, err := json.Marshal(withCredentials{domaintask.NewCredentials("id", "s", ""), "dns"})
	require.NoError(t, err)
	require.JSONEq(t, `{"AccessKeyID":"id","AccessKeySecret":"[hidden]","SecurityToken":"","BearerToken":"","Team":"dns"}`, string(text))
}

package credentials_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

const (
	metadataHost = "100.100.100.200"
	rolesPath    = "/latest/meta-data/ram/security-credentials/"
)

// world answers for every host beyond loopback. The SDK clones
// http.DefaultTransport for each request, its Proxy included, so that requests
// to fixed addresses end up here, and none leaves this machine.
var world struct {
	sync.Mutex
	handler http.HandlerFunc
}

func TestMain(m *testing.M) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		world.Lock()
		handler := world.handler
		world.Unlock()
		if handler == nil {
			http.Error(w, "there is no world", http.StatusBadGateway)
			return
		}
		handler(w, r)
	})
	secure := httptest.NewUnstartedServer(handler)
	secure.Config.SetKeepAlivesEnabled(false)
	secure.StartTLS()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			handler(w, r)
			return
		}
		there, err := net.Dial("tcp", secure.Listener.Addr().String())
		if err != nil {
			panic(err)
		}
		here, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		fmt.Fprint(here, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { io.Copy(there, here); there.Close() }()
		go func() { io.Copy(here, there); here.Close() }()
	}))
	proxy.Config.SetKeepAlivesEnabled(false)

	transport := http.DefaultTransport.(*http.Transport)
	transport.TLSClientConfig = secure.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	transport.TLSClientConfig.ServerName = "example.com" // what the certificate is for, whatever host is asked
	transport.DisableKeepAlives = true
	transport.Proxy = func(r *http.Request) (*url.URL, error) {
		if ip := net.ParseIP(r.URL.Hostname()); ip != nil && ip.IsLoopback() {
			return nil, nil
		}
		return url.Parse(proxy.URL)
	}
	os.Exit(m.Run())
}

// serveWorld makes handler the world until the test ends.
func serveWorld(t *testing.T, handler http.HandlerFunc) {
	t.Helper()
	world.Lock()
	defer world.Unlock()
	world.handler = handler
	t.Cleanup(func() {
		world.Lock()
		defer world.Unlock()
		world.handler = nil
	})
}

// emptyHome takes away all that configures credentials, and returns the home
// directory. The metadata service is disabled.
func emptyHome(t *testing.T) string {
	t.Helper()
	for _, name := range []string{
		"ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN", "ROLE_ARN", "ROLE_SESSION_NAME", "OIDC_PROVIDER_ARN", "OIDC_TOKEN_FILE",
		"STS_REGION", "VPC_ENDPOINT_ENABLED", "PROFILE", "CREDENTIALS_FILE", "CLI_PROFILE_DISABLED", "ECS_METADATA", "IMDSV1_DISABLED", "CREDENTIALS_URI",
	} {
		setenv(t, name, "")
	}
	setenv(t, "ECS_METADATA_DISABLED", "true")
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	return home
}

func setenv(t *testing.T, name, value string) {
	t.Helper()
	t.Setenv("ALIBABA_CLOUD_"+name, value)
}

// write writes a file below home, and returns its path.
func write(t *testing.T, home, name, text string) string {
	t.Helper()
	path := filepath.Join(home, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

const (
	cliFile = ".aliyun/config.json"
	iniFile = ".alibabacloud/credentials"
)

// session is an answer with credentials as the metadata service and a
// credentials URI give it; of what is in more, "" leaves a field out.
func session(id string, more ...string) string {
	fields := map[string]string{
		"Code": "Success", "AccessKeyId": id, "AccessKeySecret": "secret-of-" + id, "SecurityToken": "token-of-" + id,
		"Expiration": time.Now().Add(time.Hour).UTC().Format(time.RFC3339),
	}
	for i := 0; i < len(more); i += 2 {
		fields[more[i]] = more[i+1]
	}
	var list []string
	for name, value := range fields {
		if value != "" {
			list = append(list, fmt.Sprintf("%q:%q", name, value))
		}
	}
	return "{" + strings.Join(list, ",") + "}"
}

// role is the same as STS gives it.
func role(id string, more ...string) string {
	return `{"RequestId":"R-1","Credentials":` + session(id, more...) + "}"
}

// of are the credentials in session and role.
func of(id string) domaintask.Credentials {
	return domaintask.NewCredentials(id, "secret-of-"+id, "token-of-"+id)
}

// fake is a provider of the SDK that a test writes, and like the SDK's own it
// has no lock.
type fake struct {
	get   func() (*sdk.Credentials, error)
	calls int
}

func (f *fake) GetCredentials() (*sdk.Credentials, error) {
	f.calls++
	return f.get()
}

func (f *fake) GetProviderName() string { return "fake" }

func sdkOf(id string) *sdk.Credentials {
	return &sdk.Credentials{AccessKeyId: id, AccessKeySecret: "secret-of-" + id, SecurityToken: "token-of-" + id}
}

var errDown = errors.New("the provider is down")

// requireCredentials asks a provider and expects these.
func requireCredentials(t *testing.T, want domaintask.Credentials, provider domaintask.CredentialsProvider) {
	t.Helper()
	got, err := provider.Credentials(t.Context())
	require.NoError(t, err)
	require.True(t, want == got, "want %+v, got %+v", want, got)
}

// requireFailure asks a provider and expects an error of the right kind.
func requireFailure(t *testing.T, provider domaintask.CredentialsProvider) error {
	t.Helper()
	got, err := provider.Credentials(t.Context())
	require.ErrorIs(t, err, domaintask.ErrCredentials)
	require.Equal(t, domaintask.Credentials{}, got)
	require.NotContains(t, err.Error(), "\n")
	return err
}

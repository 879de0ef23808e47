package credentials

import (
	"context"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// everywhere responds like STS, the metadata service of an instance with a role,
// and a credentials URI.
func everywhere(req *http.Request) response {
	switch {
	case req.URL.Host == "100.100.100.200" && req.Method == http.MethodPut:
		return ok("metadata-token")
	case req.URL.Host == "100.100.100.200" && req.URL.Path == rolesPath:
		return ok("the-role\n")
	case req.URL.Host == "100.100.100.200":
		return ok(session("ecs"))
	case req.URL.Host == "credentials.example":
		return ok(session("uri"))
	case query(req).Get("Action") == "AssumeRoleWithOIDC":
		return ok(assumed("oidc"))
	}
	return response{status: http.StatusNotFound}
}

// TestPlaces states the identity in each environment, with the later places
// configured as well.
func TestPlaces(t *testing.T) {
	t.Parallel()
	oidc := []string{"ROLE_ARN=acs:ram::1:role/r", "OIDC_PROVIDER_ARN=acs:ram::1:oidc-provider/p", "OIDC_TOKEN_FILE=TOKEN"}
	cli := map[string]string{cliFile: profiles(akProfile("current", "cli"), akProfile("other", "cli-other"))}
	ini := map[string]string{iniFileAt: "[default]\ntype=access_key\naccess_key_id=ini\naccess_key_secret=secret-of-ini\n" +
		"[only-here]\ntype=access_key\naccess_key_id=ini-only\naccess_key_secret=secret-of-ini-only\n"}
	for _, tt := range []struct {
		name  string
		vars  []string
		files []map[string]string
		want  string // the access key id; "" means an error
		says  []string
	}{
		{name: "key", vars: append(oidc, "ACCESS_KEY_ID=env", "ACCESS_KEY_SECRET=s", "SECURITY_TOKEN=t"), want: "env"},
		{name: "half a key: id", vars: append(oidc, "ACCESS_KEY_ID=env"), says: []string{": env: ALIBABA_CLOUD_ACCESS_KEY_SECRET is missing"}},
		{name: "half a key: secret", vars: append(oidc, "ACCESS_KEY_SECRET=hunter2"), says: []string{": env: ALIBABA_CLOUD_ACCESS_KEY_ID is missing"}},
		{name: "half a key: token", vars: append(oidc, "SECURITY_TOKEN=hunter2"), says: []string{": env: ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET are missing"}},
		{name: "a line break in the id", vars: []string{"ACCESS_KEY_ID=env\n", "ACCESS_KEY_SECRET=s"}, says: []string{": env: ALIBABA_CLOUD_ACCESS_KEY_ID holds white space"}},
		{name: "a blank in the secret", vars: []string{"ACCESS_KEY_ID=env", "ACCESS_KEY_SECRET=hunter2 "}, says: []string{": env: ALIBABA_CLOUD_ACCESS_KEY_SECRET holds white space"}},
		{name: "beyond ASCII in the token", vars: []string{"ACCESS_KEY_ID=env", "ACCESS_KEY_SECRET=s", "SECURITY_TOKEN=hunter2\u00e9"}, says: []string{": env: ALIBABA_CLOUD_SECURITY_TOKEN holds white space"}},

		{name: "oidc", vars: oidc, files: []map[string]string{cli}, want: "oidc"},
		{name: "a role alone", vars: oidc[:1], files: []map[string]string{cli}, says: []string{": oidc_role_arn: not set: ALIBABA_CLOUD_OIDC_PROVIDER_ARN, ALIBABA_CLOUD_OIDC_TOKEN_FILE"}},
		{name: "a role without its provider", vars: []string{oidc[0], oidc[2]}, files: []map[string]string{cli}, says: []string{": oidc_role_arn: not set: ALIBABA_CLOUD_OIDC_PROVIDER_ARN"}},
		{name: "a token file alone", vars: oidc[2:], files: []map[string]string{cli}, says: []string{": oidc_role_arn: not set: ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN"}},
		{name: "a token file that is not there", vars: append(oidc[:2:2], "OIDC_TOKEN_FILE=/none/token"), files: []map[string]string{cli},
			says: []string{`: oidc_role_arn: role acs:ram::1:role/r by OIDC: `, "/none/token"}},

		{name: "cli", files: []map[string]string{cli, ini}, want: "cli"},
		{name: "cli, another profile", vars: []string{"PROFILE=other"}, files: []map[string]string{cli, ini}, want: "cli-other"},
		{name: "cli, disabled", vars: []string{"CLI_PROFILE_DISABLED=True"}, files: []map[string]string{cli, ini}, want: "ini"},
		{name: "cli, not disabled", vars: []string{"CLI_PROFILE_DISABLED=1"}, files: []map[string]string{cli, ini}, want: "cli"},
		{name: "cli, a file by name", vars: []string{"CONFIG_FILE=HOME/.aliyun/config.json"}, files: []map[string]string{cli, ini}, want: "cli"},
		{name: "cli, a file by name that is not there", vars: []string{"CONFIG_FILE=/none/config.json"}, files: []map[string]string{cli, ini}, says: []string{": cli_profile: ", "/none/config.json"}},
		{name: "cli, with a byte-order mark", files: []map[string]string{{cliFile: "\ufeff" + cli[cliFile]}, ini}, want: "cli"},
		{name: "cli, not JSON", files: []map[string]string{{cliFile: `{"profiles":[hunter2`}, ini}, says: []string{": cli_profile: HOME/.aliyun/config.json is not the JSON that the aliyun CLI writes: syntax error in line 1"}},
		{name: "cli, empty", files: []map[string]string{{cliFile: " \n"}, ini}, says: []string{": cli_profile: HOME/.aliyun/config.json is empty"}},
		{name: "cli, a directory", files: []map[string]string{{cliFile + "/x": ""}, ini}, says: []string{": cli_profile: read HOME/.aliyun/config.json: not a regular file"}},
		{name: "cli, a mode that is not known", files: []map[string]string{{cliFile: profiles(`"p","mode":"Passkey"`)}, ini}, says: []string{`: cli_profile: profile "p" of HOME/.aliyun/config.json: mode Passkey is not known`}},
		{name: "cli, no current profile", files: []map[string]string{{cliFile: `{"current":"gone","profiles":[]}`}, ini}, says: []string{`: cli_profile: HOME/.aliyun/config.json names "gone" as the current profile and does not have it`}},
		{name: "cli, just made", files: []map[string]string{{cliFile: profiles(`"default","mode":"","region_id":"","output_format":"json","language":"en"`)}, ini}, want: "ini"},
		{name: "cli, just made, by name", vars: []string{"PROFILE=default"}, files: []map[string]string{{cliFile: profiles(`"default","mode":""`)}, ini},
			says: []string{`: cli_profile: profile "default" of HOME/.aliyun/config.json: is not configured: run aliyun configure --profile default`}},

		{name: "ini", files: []map[string]string{ini}, want: "ini"},
		{name: "ini, a profile that the cli does not have", vars: []string{"PROFILE=only-here"}, files: []map[string]string{cli, ini}, want: "ini-only"},
		{name: "a profile that no file has", vars: []string{"PROFILE=nowhere"}, files: []map[string]string{cli, ini}, says: []string{`: profile: HOME/.alibabacloud/credentials has no profile "nowhere"`}},
		{name: "a profile without a file", vars: []string{"PROFILE=nowhere"}, says: []string{`: profile: no profile "nowhere": `, ".alibabacloud"}},
		{name: "a profile that the cli does not have, no other file", vars: []string{"PROFILE=nowhere"}, files: []map[string]string{cli}, says: []string{`: profile: no profile "nowhere": `, ".alibabacloud"}},
		{name: "a profile without a home", vars: []string{"PROFILE=nowhere", "HOME="}, says: []string{`: profile: no profile "nowhere": no home directory: HOME is not set`}},
		{name: "ini, a file by name", vars: []string{"CREDENTIALS_FILE=HOME/.alibabacloud/credentials"}, files: []map[string]string{ini}, want: "ini"},
		{name: "ini, a file by name that is not there", vars: []string{"CREDENTIALS_FILE=/none/credentials"}, files: []map[string]string{ini}, says: []string{": profile: ", "/none/credentials"}},
		{name: "ini, no default", files: []map[string]string{{iniFileAt: "[Default]\n"}}, says: []string{`: profile: HOME/.alibabacloud/credentials has no profile "default"`}},
		{name: "ini, cannot be read", files: []map[string]string{{iniFileAt: "[default"}}, says: []string{": profile: HOME/.alibabacloud/credentials has a section name without an end in line 1"}},
		{name: "ini, of no known type", files: []map[string]string{{iniFileAt: "[default]\ntype = passkey"}}, says: []string{`: profile: profile "default" of HOME/.alibabacloud/credentials: type passkey is not known`}},

		{name: "ecs", want: "ecs"},
		{name: "ecs, without a home", vars: []string{"HOME="}, want: "ecs"},
		{name: "ecs, by name", vars: []string{"ECS_METADATA=the-role"}, want: "ecs"},
		{name: "ecs, disabled", vars: []string{"ECS_METADATA_DISABLED=TRUE"}, want: "uri"},
		{name: "nothing", vars: []string{"ECS_METADATA_DISABLED=true", "CREDENTIALS_URI="}, says: []string{
			": none in the default chain: env: not set: ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET; oidc_role_arn: not set: ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN, ALIBABA_CLOUD_OIDC_TOKEN_FILE; cli_profile: ",
			"; profile: ", "; ecs_ram_role: disabled by ALIBABA_CLOUD_ECS_METADATA_DISABLED; credential_uri: not set: ALIBABA_CLOUD_CREDENTIALS_URI",
		}},
		{name: "nothing, without a home", vars: []string{"HOME=", "ECS_METADATA_DISABLED=true", "CREDENTIALS_URI="}, says: []string{"cli_profile: no home directory: HOME is not set; profile: no home directory: HOME is not set; "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.serve(everywhere)
			f.set("CREDENTIALS_URI=http://credentials.example/uri?hunter2")
			token := f.write("token", "oidc-token")
			home := f.home
			for _, v := range tt.vars {
				v = strings.ReplaceAll(v, "FILE=HOME", "FILE="+home)
				if strings.HasPrefix(v, "HOME=") {
					f.home = ""
				}
				f.set(strings.ReplaceAll(v, "=TOKEN", "="+token))
			}
			for _, files := range tt.files {
				for name, text := range files {
					path := filepath.Join(home, filepath.FromSlash(name))
					require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
					require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
				}
			}
			provider := Default(f.opts()...)
			if tt.want != "" {
				got, err := provider.Credentials(t.Context())
				require.NoError(t, err)
				require.Equal(t, tt.want, got.AccessKeyID)
				return
			}
			for range 2 {
				var says []string
				for _, s := range tt.says {
					says = append(says, inHome(home, s))
				}
				err := requireFailure(t, provider, says...)
				require.NotContains(t, err.Error(), "hunter2")
			}
			require.Empty(t, f.sent(), "no other place is asked")
		})
	}
}

// inHome replaces HOME/path in a text, as the platform writes it.
func inHome(home, text string) string {
	for _, name := range []string{cliFile, iniFileAt} {
		text = strings.ReplaceAll(text, "HOME/"+name, filepath.Join(home, filepath.FromSlash(name)))
	}
	return text
}

// TestNothingIsReadBeforehand: a program may set its environment up late.
func TestNothingIsReadBeforehand(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.serve(everywhere)
	f.set("ECS_METADATA_DISABLED=true")
	provider := Default(f.opts()...)
	require.ErrorIs(t, requireFailure(t, provider), fs.ErrNotExist)
	f.set("ACCESS_KEY_ID=late", "ACCESS_KEY_SECRET=secret-of-late")
	requireCredentials(t, key("late"), provider)
	require.Equal(t, "level=INFO msg=\"credentials: identity found\" place=env identity=\"access key late of the environment\"\n", f.logged())
}

// TestPlaceIsKept while it is configured, even if it fails, and if a place before
// it is configured.
func TestPlaceIsKept(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.set("CREDENTIALS_URI=http://credentials.example/uri", "ECS_METADATA_DISABLED=true")
	f.serve(func(*http.Request) response { return ok(session("uri", "Expiration", expiry(-time.Hour))) })
	provider := Default(f.opts()...)
	requireCredentials(t, of("uri"), provider)
	f.write(cliFile, profiles(akProfile("p", "cli")))
	f.serve(func(*http.Request) response { return response{status: http.StatusForbidden} })
	provider.(invalidator).Invalidate(of("uri"))
	for range 2 {
		err := requireFailure(t, provider, ": credential_uri: ALIBABA_CLOUD_CREDENTIALS_URI (http://credentials.example/uri): http://credentials.example/uri responded with HTTP 403")
		require.True(t, domaintask.Temporary(&domaintask.CallError{Err: err}))
	}
	f.logged()

	f.set("CREDENTIALS_URI=")
	requireCredentials(t, key("cli"), provider)
	require.Equal(t, `level=WARN msg="credentials: identity changed" place=cli_profile identity=`+strconv.Quote(inHome(f.home, `profile "p" of HOME/.aliyun/config.json (access key cli)`))+
		` before="ALIBABA_CLOUD_CREDENTIALS_URI (http://credentials.example/uri)"`+"\n", f.logged())
}

// A file that is missing for a moment does not change the identity, neither at the
// next request nor later.
func TestMissingFile(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(path string) error{
		"missing":   os.Remove,
		"truncated": func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"half written": func(path string) error {
			return os.WriteFile(path, []byte(`{"current":"p","profiles":[{"name":"p","mode":"A`), 0o600)
		},
		"out of reach": func(path string) error {
			if err := os.Remove(path); err != nil {
				return err
			}
			return os.Mkdir(path, 0o700)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, variable := range []string{"", "CONFIG_FILE"} {
				f := newFixture(t)
				f.serve(everywhere)
				f.set("CREDENTIALS_URI=http://credentials.example/uri")
				path := f.write(cliFile, profiles(akProfile("p", "cli")))
				if variable != "" {
					f.set(variable + "=" + path)
				}
				synctest.Test(t, func(t *testing.T) {
					provider := Default(f.opts()...)
					requireCredentials(t, key("cli"), provider)
					f.logged()
					require.NoError(t, spoil(path))
					requireCredentials(t, key("cli"), provider)
					require.Equal(t, 1, strings.Count(f.logged(), "level=WARN msg=\"credentials: the file of the identity cannot be read"))
					time.Sleep(time.Minute - time.Nanosecond)
					requireCredentials(t, key("cli"), provider)
					require.Empty(t, f.logged(), "once is enough")
					time.Sleep(time.Nanosecond)
					for range 2 {
						err := requireFailure(t, provider, ": cli_profile: ", path)
						require.True(t, domaintask.Temporary(&domaintask.CallError{Err: err}))
						time.Sleep(time.Hour)
					}
					require.NoError(t, os.RemoveAll(path))
					f.write(cliFile, profiles(akProfile("p", "new")))
					requireCredentials(t, key("new"), provider)
					require.Empty(t, f.sent(), "no other place is asked")

					require.NoError(t, os.Remove(path))
					requireCredentials(t, key("new"), provider) // the minute begins again
				})
			}
		})
	}
}

// TestSwitchedProfile: the old identity is not used in place of one that fails,
// nor if the file of that one is missing.
func TestSwitchedProfile(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	good, bad := akProfile("good", "cli"), `"bad","mode":"CloudSSO"`
	path := f.write(cliFile, profiles(good, bad))
	provider := Default(f.opts()...)
	requireCredentials(t, key("cli"), provider)
	f.write(cliFile, profiles(bad, good))
	err := requireFailure(t, provider, `: cli_profile: profile "bad" of `+path+": cloud_sso_sign_in_url, cloud_sso_account_id, cloud_sso_access_config are missing: run aliyun configure --profile bad --mode CloudSSO")
	require.True(t, domaintask.Temporary(&domaintask.CallError{Err: err}))
	require.NoError(t, os.Remove(path))
	requireFailure(t, provider, ": cli_profile: ", path)

	f.serve(func(*http.Request) response {
		return response{status: http.StatusForbidden, body: `{"Code":"NoPermission"}`}
	})
	role := `"role","mode":"RamRoleArn","access_key_id":"id","access_key_secret":"s","ram_role_arn":"acs:ram::1:role/r"`
	f.write(cliFile, profiles(role, good))
	requireFailure(t, provider, `: cli_profile: profile "role" of `+path+" (role acs:ram::1:role/r): refused with code NoPermission (HTTP 403, request id unknown)")
	require.NoError(t, os.Remove(path))
	f.serve(func(*http.Request) response { return ok(assumed("role")) })
	requireCredentials(t, of("role"), provider) // the last that the file said

	f.write(cliFile, profiles(good))
	requireCredentials(t, key("cli"), provider)
	f.logged()
	f.write(cliFile, profiles(good))
	requireCredentials(t, key("cli"), provider)
	require.Empty(t, f.logged(), "it is who it was")
	f.write(cliFile, profiles(akProfile("other", "cli")))
	requireCredentials(t, key("cli"), provider)
	require.Contains(t, f.logged(), "identity changed")
}

// TestSlowCallOfTheOldIdentity, which began before the profile was switched, is no
// change back.
func TestSlowCallOfTheOldIdentity(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	synctest.Test(t, func(t *testing.T) {
		f.serve(func(*http.Request) response {
			time.Sleep(5 * time.Second)
			return ok(session("slow"))
		})
		slow := `"slow","mode":"CredentialsURI","credentials_uri":"https://credentials.example/"`
		f.write(cliFile, profiles(slow))
		provider := Default(f.opts()...)
		var wg sync.WaitGroup
		wg.Go(func() { requireCredentials(t, of("slow"), provider) })
		time.Sleep(time.Second)
		f.write(cliFile, profiles(akProfile("quick", "quick")))
		requireCredentials(t, key("quick"), provider)
		require.Contains(t, f.logged(), "identity found")
		wg.Wait()
		require.Empty(t, f.logged())
		require.NoError(t, os.RemoveAll(filepath.Join(f.home, ".aliyun")))
		requireCredentials(t, key("quick"), provider)
	})
}

// The old identity is not used after variables have changed the identity of a place.
func TestOldIdentityIsNotUsed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.serve(everywhere)
	f.set("ECS_METADATA_DISABLED=true", "CREDENTIALS_URI=http://credentials.example/uri")
	provider := Default(f.opts()...)
	requireCredentials(t, of("uri"), provider)
	f.set("CREDENTIALS_URI=http://elsewhere.example/")
	requireFailure(t, provider, "http://elsewhere.example/ responded with HTTP 404")
	f.set("CREDENTIALS_URI=")
	requireFailure(t, provider, "none in the default chain")
	f.set("ACCESS_KEY_ID=env", "ACCESS_KEY_SECRET=secret-of-env")
	requireCredentials(t, key("env"), provider)
	require.NoError(t, os.MkdirAll(filepath.Join(f.home, filepath.FromSlash(cliFile)), 0o700))
	f.set("ACCESS_KEY_ID=", "ACCESS_KEY_SECRET=")
	requireFailure(t, provider, ": cli_profile: ")
}

// TestInvalidateReachesTheIdentity in use, and no chain without one.
func TestInvalidateReachesTheIdentity(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.set("CREDENTIALS_URI=http://credentials.example/uri", "ECS_METADATA_DISABLED=true")
	n := 0
	f.serve(func(*http.Request) response {
		n++
		return ok(session(strings.Repeat("x", n)))
	})
	provider := Default(f.opts()...)
	provider.(invalidator).Invalidate(of("x"))
	requireCredentials(t, of("x"), provider)
	provider.(invalidator).Invalidate(of("y"))
	requireCredentials(t, of("x"), provider)
	provider.(invalidator).Invalidate(of("x"))
	requireCredentials(t, of("xx"), provider)
}

// If the machine is no ECS instance, the metadata service is called before the
// first response, and then in the background, less and less often. No later call
// waits for it.
func TestNoInstance(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	synctest.Test(t, func(t *testing.T) {
		f.serve(func(req *http.Request) response {
			if req.URL.Host == "100.100.100.200" {
				<-req.Context().Done() // no server
			}
			return response{}
		})
		provider := Default(f.opts()...)
		start := time.Now()
		requireFailure(t, provider, "; ecs_ram_role: this machine is no ECS instance: ")
		require.Equal(t, time.Second, time.Since(start))
		require.Len(t, f.sent(), 1)

		start = time.Now()
		var probed []time.Duration
		for time.Since(start) < 90*time.Second {
			before := time.Now()
			requireFailure(t, provider, "; ecs_ram_role: this machine is no ECS instance: ")
			require.Zero(t, time.Since(before))
			synctest.Wait()
			for range f.sent() {
				probed = append(probed, time.Since(start).Truncate(time.Second))
			}
			time.Sleep(time.Second)
		}
		seconds := func(list ...int) (d []time.Duration) {
			for _, n := range list {
				d = append(d, time.Duration(n)*time.Second)
			}
			return d
		}
		require.Equal(t, seconds(5, 16, 37, 78), probed)

		for range 8 { // once an hour at last
			time.Sleep(time.Hour)
			requireFailure(t, provider)
			time.Sleep(time.Second)
			require.Len(t, f.sent(), 1)
			requireFailure(t, provider)
			synctest.Wait()
			require.Empty(t, f.sent())
		}

		// It becomes one, as when the network comes up late.
		f.serve(everywhere)
		time.Sleep(time.Hour)
		requireFailure(t, provider)
		synctest.Wait()
		requireCredentials(t, of("ecs"), provider)
	})
}

// While a later place is in use, the machine is not probed again.
func TestInstanceIsNotProbedForOthers(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	synctest.Test(t, func(t *testing.T) {
		f.set("CREDENTIALS_URI=https://credentials.example/uri")
		f.serve(func(req *http.Request) response {
			if req.URL.Host == "100.100.100.200" {
				return response{}
			}
			return ok(session("uri", "Expiration", expiry(10*time.Hour)))
		})
		provider := Default(f.opts()...)
		for range 8 {
			requireCredentials(t, of("uri"), provider)
			synctest.Wait()
			time.Sleep(time.Hour)
		}
		require.Equal(t, []string{"PUT http://100.100.100.200/latest/api/token", "GET https://credentials.example/uri"}, f.sent())
	})
}

// Without a role the next place is used. If the role cannot be read, it is not, and
// the role is read again at the next request.
func TestInstanceWithoutAUsableRole(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		roles response
		says  string // "" means that the next place is used
	}{
		{"none", response{status: http.StatusNotFound}, ""},
		{"an empty list", ok(" \n"), ""},
		{"refused", response{status: http.StatusForbidden}, "responded with HTTP 403"},
		{"failing", response{status: http.StatusServiceUnavailable}, "responded with HTTP 503"},
		{"two", ok("hunter2\nother"), "sent no name of a role"},
		{"a page", ok("<html>hunter2</html>"), "sent no name of a role"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.set("CREDENTIALS_URI=https://credentials.example/uri")
			f.serve(func(req *http.Request) response {
				if req.URL.Path == rolesPath {
					return tt.roles
				}
				return everywhere(req)
			})
			provider := Default(f.opts()...)
			if tt.says == "" {
				requireCredentials(t, of("uri"), provider)
				return
			}
			for range 2 {
				err := requireFailure(t, provider, ": ecs_ram_role: http://100.100.100.200"+rolesPath+" "+tt.says)
				require.NotContains(t, err.Error(), "hunter2")
			}
			f.serve(everywhere)
			requireCredentials(t, of("ecs"), provider)
		})
	}
}

// A named role that the machine does not have is an error.
func TestMissingNamedRole(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.set("ECS_METADATA=named", "CREDENTIALS_URI=https://credentials.example/uri")
	synctest.Test(t, func(t *testing.T) {
		requireFailure(t, Default(f.opts()...), ": ecs_ram_role: role named of this ECS instance: ")
		f.serve(func(req *http.Request) response {
			if strings.HasPrefix(req.URL.Path, rolesPath) {
				return response{status: http.StatusNotFound}
			}
			return everywhere(req)
		})
		requireFailure(t, Default(f.opts()...), ": ecs_ram_role: role named of this ECS instance: this instance has no role named")
	})
}

// TestProfile reads the files of Default, and no other place.
func TestProfile(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.set("ACCESS_KEY_ID=env", "ACCESS_KEY_SECRET=s", "PROFILE=b")
	f.write(cliFile, profiles(akProfile("a", "cli-a"), akProfile("b", "cli-b")))
	f.write(iniFileAt, "[c]\ntype=access_key\naccess_key_id=ini-c\naccess_key_secret=secret-of-ini-c\n")
	requireCredentials(t, key("cli-a"), Profile("a", f.opts()...))
	requireCredentials(t, key("cli-b"), Profile("", f.opts()...))
	requireCredentials(t, key("ini-c"), Profile("c", f.opts()...))
	requireFailure(t, Profile("d", f.opts()...), inHome(f.home, `: profile: HOME/.alibabacloud/credentials has no profile "d"`))
	require.NoError(t, os.RemoveAll(filepath.Join(f.home, ".aliyun")))
	f.set("PROFILE=")
	requireFailure(t, Profile("", f.opts()...), `has no profile "default"`)
	f.set("CLI_PROFILE_DISABLED=true")
	requireFailure(t, Profile("a", f.opts()...), `has no profile "a"`)
}

// TestWaitingForPlaces ends with the context, and in any case after ten seconds.
func TestWaitingForPlaces(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan struct{})
		hangs := place{"slow", func() finding {
			<-hang
			return found("slow", static{key("slow")})
		}}
		w := f.world()
		provider := newChain(w, []place{hangs}, &machine{world: w})
		start := time.Now()
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				_, err := provider.Credentials(ctx)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.ErrorIs(t, err, domaintask.ErrCredentials)
			})
		}
		wg.Wait()
		require.Equal(t, time.Second, time.Since(start))

		err := requireFailure(t, provider, "the configuration files cannot be read in time")
		require.NotErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 11*time.Second, time.Since(start))
		close(hang)
		requireCredentials(t, key("slow"), provider)
	})
}

// TestManyGoroutines share a chain whose file and variables change.
func TestManyGoroutines(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.serve(everywhere)
	f.write(cliFile, profiles(akProfile("a", "a"), akProfile("b", "b")))
	provider := Default(f.opts()...)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 20 {
				got, err := provider.Credentials(t.Context())
				if err != nil || got != key("a") && got != key("b") {
					t.Errorf("got %v, %v", got, err)
				}
				provider.(invalidator).Invalidate(got)
			}
		})
	}
	wg.Go(func() {
		for i := range 20 {
			f.set("PROFILE=" + string("ab"[i%2]))
		}
	})
	wg.Wait()
}

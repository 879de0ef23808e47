package credentials

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// TestModes: the source that each mode names, from all of its fields.
func TestModes(t *testing.T) {
	t.Parallel()
	w := newFixture(t).world()
	role := Role{ARN: "acs:ram::1:role/r", SessionName: "session", Duration: 15 * time.Minute, Policy: "{}", ExternalID: "external"}
	host := stsHost{"sts.example.com", "cn-hangzhou", true}
	const roleFields = `"ram_role_arn":"acs:ram::1:role/r","ram_session_name":"session","expired_seconds":900,"policy":"{}","external_id":"external",` +
		`"sts_endpoint":"sts.example.com","sts_region":"cn-hangzhou","enable_vpc":true`
	const keyFields = `"access_key_id":"id","access_key_secret":"secret-of-id"`
	withoutID := role
	withoutID.ExternalID = ""
	secret := domaintask.NewSecret
	for _, tt := range []struct {
		fields string
		want   source
	}{
		{`"mode":"AK",` + keyFields + `,"sts_token":"ignored"`, static{key("id")}},
		{`"mode":"StsToken",` + keyFields + `,"sts_token":"token-of-id"`, static{of("id")}},
		{`"mode":"RamRoleArn",` + keyFields + `,` + roleFields, assumedRole{w, static{key("id")}, role, host}},
		{`"mode":"RamRoleArn",` + keyFields + `,"sts_token":"token-of-id",` + roleFields, assumedRole{w, static{of("id")}, role, host}},
		{`"mode":"EcsRamRole","ram_role_name":"instance"`, ecsRole{w, "instance"}},
		{`"mode":"EcsRamRole"`, ecsRole{w, ""}},
		{`"mode":"RamRoleArnWithRoleName","ram_role_name":"instance",` + roleFields, assumedRole{w, ecsRole{w, "instance"}, withoutID, host}},
		{`"mode":"ChainableRamRoleArn","source_profile":"base",` + roleFields, assumedRole{w, static{key("base")}, role, host}},
		{`"mode":"ChainableRamRoleArn","source_profile":"middle",` + roleFields,
			assumedRole{w, assumedRole{w, static{key("base")}, Role{ARN: "acs:ram::1:role/middle"}, stsHost{}}, role, host}},
		{`"mode":"OIDC","oidc_provider_arn":"provider","oidc_token_file":"/token",` + roleFields, oidcRole{w, "provider", "/token", role, host}},
		{`"mode":"CredentialsURI","credentials_uri":"https://credentials.example/"`, uri{w, secret("https://credentials.example/")}},
		{`"mode":"External","process_command":"print credentials"`, external{w, secret("print credentials")}},
		{`"mode":"BearerToken","bearer_token":"bear\r\ner\u0000"`, static{domaintask.BearerCredentials("bearer")}},
		{`"mode":"BearerToken","bearer_token":"bearer","bearer_token_header_key":"X-Acs-Bearer-Token"`, static{domaintask.BearerCredentials("bearer")}},
		{`"mode":"CloudSSO","cloud_sso_sign_in_url":"https://signin.example/login","cloud_sso_account_id":"1","cloud_sso_access_config":"ac-1",` +
			`"access_token":"token","cloud_sso_access_token_expire":1000,"sts_token":"token-of-id","sts_expiration":2000,` + keyFields,
			cloudSSO{w, signIn{secret("token"), 1000, of("id"), 2000, "aliyun configure --profile p --mode CloudSSO"}, "https://signin.example/login", "1", "ac-1"}},
		{`"mode":"OAuth","oauth_site_type":"intl","oauth_access_token":"token","oauth_access_token_expire":1000,"oauth_refresh_token":"r","sts_token":"token-of-id","sts_expiration":2000,` + keyFields,
			oAuth{w, signIn{secret("token"), 1000, of("id"), 2000, "aliyun configure --profile p --mode OAuth --oauth-site-type INTL"}, "intl"}},

		{`"mode":"",` + keyFields, static{key("id")}},
		{keyFields + `,"sts_token":"token-of-id"`, static{of("id")}},
		{keyFields + `,"ram_role_arn":"arn"`, assumedRole{w, static{key("id")}, Role{ARN: "arn"}, stsHost{}}},
		{`"ram_role_name":"instance"`, ecsRole{w, "instance"}},
		{`"process_command":"print credentials"`, external{w, secret("print credentials")}},
		{`"oidc_provider_arn":"provider","oidc_token_file":"/token","ram_role_arn":"arn"`, oidcRole{w, "provider", "/token", Role{ARN: "arn"}, stsHost{}}},
		{`"bearer_token":"bearer"`, static{domaintask.BearerCredentials("bearer")}},
	} {
		t.Run(tt.fields, func(t *testing.T) {
			t.Parallel()
			config, err := parseCLI([]byte(profiles(`"p",`+tt.fields, akProfile("base", "base"), `"middle","mode":"ChainableRamRoleArn","source_profile":"base","ram_role_arn":"acs:ram::1:role/middle"`)))
			require.NoError(t, err)
			got, err := config.source(w, "p")
			require.NoError(t, err)
			require.True(t, tt.want == got, "%+v", got)
			require.NotEmpty(t, describe(got))
		})
	}
}

// TestUnusableModes say why, and what to run.
func TestUnusableModes(t *testing.T) {
	t.Parallel()
	const keyFields = `"access_key_id":"id","access_key_secret":"hunter2"`
	for _, tt := range []struct{ fields, says string }{
		{`"mode":"RsaKeyPair","private_key":"hunter2","key_pair_name":"k"`, "mode RsaKeyPair is not supported: use another one"},
		{`"private_key":"hunter2","key_pair_name":"k"`, "mode RsaKeyPair is not supported: use another one"},
		{`"mode":"Anonymous"`, "mode Anonymous is not supported: use another one"},
		{`"mode":"ak",` + keyFields, "mode ak is not known"},
		{`"mode":"hunter2 "`, "mode [hidden] is not known"},
		{`"mode":"hunter2"`, "mode [hidden] is not known"},
		{`"mode":"` + strings.Repeat("x", 41) + `"`, "mode [hidden] is not known"},
		{`"mode":""`, "is not configured: run aliyun configure --profile p"},
		{`"mode":"AK","access_key_id":"id"`, "access_key_secret is missing: run aliyun configure --profile p --mode AK"},
		{`"access_key_secret":"hunter2"`, "access_key_id is missing: run aliyun configure --profile p --mode AK"},
		{`"access_key_id":"id"`, "access_key_secret is missing: run aliyun configure --profile p --mode AK"},
		{`"mode":"AK","access_key_id":"id","access_key_secret":"hunter2\n"`, "access_key_secret holds white space, a control character or a character beyond ASCII"},
		{`"mode":"AK","access_key_id":7`, "is not the JSON that the aliyun CLI writes: access_key_id has the wrong type (number)"},
		{`"mode":"AK","access_key_id":"id","access_key_secret":"[hidden]"`, "has a value in place of which [hidden] was printed"},
		{`"mode":"StsToken",` + keyFields, "sts_token is missing: run aliyun configure --profile p --mode StsToken"},
		{`"mode":"RamRoleArn","ram_role_arn":"arn"`, "access_key_id, access_key_secret are missing: run aliyun configure --profile p --mode RamRoleArn"},
		{`"mode":"RamRoleArn",` + keyFields, "ram_role_arn is missing: run aliyun configure --profile p --mode RamRoleArn"},
		{`"mode":"RamRoleArn","ram_role_arn":"arn","expired_seconds":"hunter2"`, "is not the JSON that the aliyun CLI writes: expired_seconds has the wrong type (string)"},
		{`"mode":"RamRoleArnWithRoleName","ram_role_name":"r"`, "ram_role_arn is missing: run aliyun configure --profile p --mode RamRoleArnWithRoleName"},
		{`"mode":"ChainableRamRoleArn","ram_role_arn":"arn"`, "source_profile is missing: run aliyun configure --profile p --mode ChainableRamRoleArn"},
		{`"mode":"ChainableRamRoleArn","ram_role_arn":"arn","source_profile":"none"`, `source_profile "none": does not exist`},
		{`"mode":"ChainableRamRoleArn","ram_role_arn":"arn","source_profile":"p"`, `source_profile "p" is its own source, directly or not`},
		{`"mode":"ChainableRamRoleArn","ram_role_arn":"arn","source_profile":"back"`, `source_profile "back": source_profile "p" is its own source, directly or not`},
		{`"mode":"ChainableRamRoleArn","ram_role_arn":"arn","source_profile":"ring"`, `source_profile "ring": source_profile "ring" is its own source, directly or not`},
		{`"mode":"ChainableRamRoleArn","ram_role_arn":"arn","source_profile":"bearer"`, `source_profile "bearer" has a bearer token, which cannot assume a role`},
		{`"mode":"ChainableRamRoleArn","ram_role_arn":"arn","source_profile":"broken"`, `source_profile "broken": is not the JSON that the aliyun CLI writes: mode has the wrong type (number)`},
		{`"mode":"OIDC"`, "oidc_provider_arn, oidc_token_file, ram_role_arn are missing: run aliyun configure --profile p --mode OIDC"},
		{`"oidc_token_file":"/token"`, "oidc_provider_arn, ram_role_arn are missing: run aliyun configure --profile p --mode OIDC"},
		{`"mode":"CredentialsURI"`, "credentials_uri is missing: run aliyun configure --profile p --mode CredentialsURI"},
		{`"mode":"External"`, "process_command is missing: run aliyun configure --profile p --mode External"},
		{`"mode":"BearerToken"`, "bearer_token is missing: run aliyun configure --profile p --mode BearerToken"},
		{`"mode":"BearerToken","bearer_token":"hunter2 2"`, "bearer_token holds white space, a control character or a character beyond ASCII"},
		{`"mode":"BearerToken","bearer_token":"hunter2","bearer_token_header_key":"X-Other"`, "bearer_token_header_key is not supported"},
		{`"mode":"CloudSSO","cloud_sso_account_id":"1","access_token":"hunter2"`, "cloud_sso_sign_in_url, cloud_sso_access_config are missing: run aliyun configure --profile p --mode CloudSSO"},
		{`"cloud_sso_sign_in_url":"https://x"`, "cloud_sso_account_id, cloud_sso_access_config are missing: run aliyun configure --profile p --mode CloudSSO"},
		{`"mode":"OAuth","oauth_site_type":"hunter2"`, "oauth_site_type must be CN or INTL: run aliyun configure --profile p --mode OAuth"},
	} {
		t.Run(tt.fields, func(t *testing.T) {
			t.Parallel()
			config, err := parseCLI([]byte(profiles(`"p",`+tt.fields,
				`"back","mode":"ChainableRamRoleArn","ram_role_arn":"arn","source_profile":"p"`,
				`"ring","mode":"ChainableRamRoleArn","ram_role_arn":"arn","source_profile":"ring"`,
				`"bearer","mode":"BearerToken","bearer_token":"b"`, `"broken","mode":7`)))
			require.NoError(t, err)
			_, err = config.source(newFixture(t).world(), "p")
			require.EqualError(t, err, tt.says)
		})
	}
}

// TestConfigFile reads the fields of a file besides its profiles, and states the
// error for each invalid file.
func TestConfigFile(t *testing.T) {
	t.Parallel()
	config, err := parseCLI([]byte(`{"profiles":[{"name":"a","mode":"AK"},null,{"name":"a","mode":"OIDC"},{"name":7,"mode":"AK"}],"unknown":1}`))
	require.NoError(t, err)
	require.Equal(t, "default", config.current)
	require.Equal(t, "AK", config.profile("a").Mode, "the first of a name")
	require.Nil(t, config.profile("b"))

	for text, says := range map[string]string{
		"":                           "is empty",
		"\ufeff\n":                   "is empty",
		"{\n\"current\":\nhunter2}":  "is not the JSON that the aliyun CLI writes: syntax error in line 3",
		`{"current":"a"`:             "is not the JSON that the aliyun CLI writes: syntax error in line 1",
		`{"current":{"hunter2":1}}`:  "is not the JSON that the aliyun CLI writes: current has the wrong type (object)",
		`{"profiles":{"hunter2":1}}`: "is not the JSON that the aliyun CLI writes: profiles has the wrong type (object)",
		`{"profiles":"hunter2"}`:     "is not the JSON that the aliyun CLI writes: profiles has the wrong type (string)",
		`{"current":1234567}`:        "is not the JSON that the aliyun CLI writes: current has the wrong type (number)",
		"\xff\xfe{\x00":              "is not the JSON that the aliyun CLI writes: syntax error in line 1",
		`{"current":"a"} hunter2`:    "is not the JSON that the aliyun CLI writes: syntax error in line 1",
		"[\"hunter2\"]":              "is not the JSON that the aliyun CLI writes: all of it has the wrong type (array)",
	} {
		_, err := parseCLI([]byte(text))
		require.EqualError(t, err, says, text)
	}
}

// TestCommandOfAProfile can be pasted into a shell.
func TestCommandOfAProfile(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"prod":    "aliyun configure --profile prod --mode OAuth",
		"my prod": "aliyun configure --profile 'my prod' --mode OAuth",
		"it's":    `aliyun configure --profile 'it'\''s' --mode OAuth`,
		"":        "aliyun configure --profile '' --mode OAuth",
		"unknown": "aliyun configure --profile unknown --mode OAuth",
	} {
		require.Equal(t, want, (&cliProfile{Name: name, Mode: modeOAuth}).configure())
	}
}

// TestDescribe states the name of each source in logs.
func TestDescribe(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]source{
		"access key id":                static{key("id")},
		"token":                        static{of("id")},
		"role arn":                     assumedRole{role: Role{ARN: "arn"}},
		"role of the ECS instance":     ecsRole{},
		"CloudSSO":                     cloudSSO{},
		"OAuth":                        oAuth{},
		"command":                      external{},
		"https://credentials.example/": uri{nil, domaintask.NewSecret("https://credentials.example/?hunter2")},
	} {
		require.Equal(t, want, describe(s))
	}
	require.Equal(t, "token", describe(static{domaintask.BearerCredentials("bearer")}))
	require.Equal(t, "role arn", describe(oidcRole{role: Role{ARN: "arn"}}))
}

// Only a profile that does not identify the program is blank.
func TestBlankProfile(t *testing.T) {
	t.Parallel()
	for fields, blank := range map[string]bool{
		`"mode":"","region_id":"cn-hangzhou","output_format":"json","language":"en","sts_region":"cn-hangzhou"`: true,
		`"mode":"AK"`:                   false,
		`"mode":"","access_key_id":"x"`: false,
		`"mode":7`:                      false,
	} {
		config, err := parseCLI([]byte(profiles(`"p",` + fields)))
		require.NoError(t, err)
		require.Equal(t, blank, config.profile("p").blank(), fields)
	}
}

// TestModesOfAFile uses Default, which checks the file at each request.
func TestModesOfAFile(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.serve(func(req *http.Request) response {
		q := query(req)
		switch {
		case q.Get("Action") == "AssumeRole":
			return ok(assumed(q.Get("RoleArn") + "/by/" + q.Get("AccessKeyId") + "/" + q.Get("SecurityToken")))
		case strings.HasPrefix(req.URL.Path, rolesPath) || req.URL.Host == "credentials.example":
			return ok(session(strings.TrimPrefix(req.URL.Path, rolesPath)))
		case q.Get("Action") == "AssumeRoleWithOIDC":
			return ok(assumed(q.Get("OIDCToken")))
		}
		return response{status: http.StatusNotFound}
	})
	token := f.write("token", "jwt")
	f.set("CREDENTIALS_URI=https://credentials.example/env")
	provider := Default(f.opts()...)
	for _, tt := range []struct{ fields, want string }{
		{`"mode":"RamRoleArn","access_key_id":"id","access_key_secret":"s","sts_token":"t","ram_role_arn":"arn"`, "arn/by/id/t"},
		{`"mode":"ChainableRamRoleArn","source_profile":"base","ram_role_arn":"top"`, "top/by/arn/by/base//token-of-arn/by/base/"},
		{`"mode":"RamRoleArnWithRoleName","ram_role_name":"instance","ram_role_arn":"arn"`, "arn/by/instance/token-of-instance"},
		{`"mode":"EcsRamRole","ram_role_name":"instance"`, "instance"},
		{fmt.Sprintf(`"mode":"OIDC","oidc_provider_arn":"p","ram_role_arn":"arn","oidc_token_file":%q`, token), "jwt"},
		{`"mode":"CredentialsURI","credentials_uri":"https://credentials.example/file"`, "/file"},
		{`"mode":"CredentialsURI"`, "/env"},
	} {
		f.write(cliFile, profiles(`"p",`+tt.fields, `"base","mode":"RamRoleArn","access_key_id":"base","access_key_secret":"s","ram_role_arn":"arn"`))
		requireCredentials(t, of(tt.want), provider)
	}
	f.set("CREDENTIALS_URI=https://credentials.example/changed")
	requireCredentials(t, of("/changed"), provider)
	f.set("ECS_METADATA_DISABLED=true")
	f.write(cliFile, profiles(`"p","mode":"EcsRamRole"`))
	requireFailure(t, provider, ": disabled by ALIBABA_CLOUD_ECS_METADATA_DISABLED")
}

package credentials

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// TestTypes: the source that each type names, or why it names none.
func TestTypes(t *testing.T) {
	t.Parallel()
	w := newFixture(t).world()
	const keyLines = "access_key_id=id\naccess_key_secret=secret-of-id\n"
	role := Role{ARN: "acs:ram::1:role/r", SessionName: "session", Policy: "{}"}
	const roleLines = "role_arn=acs:ram::1:role/r\nrole_session_name=session\npolicy={}\n"
	for _, tt := range []struct {
		lines string
		want  source
		says  string
	}{
		{"type=access_key\n" + keyLines + "security_token=ignored", static{key("id")}, ""},
		{"type=sts\n" + keyLines + "security_token=token-of-id", static{of("id")}, ""},
		{"type=bearer\nbearer_token=bearer", static{domaintask.BearerCredentials("bearer")}, ""},
		{"type=ram_role_arn\n" + keyLines + roleLines, assumedRole{w, static{key("id")}, role, stsHost{}}, ""},
		{"type=ram_role_arn\n" + keyLines + "security_token=token-of-id\nrole_arn=arn", assumedRole{w, static{of("id")}, Role{ARN: "arn"}, stsHost{}}, ""},
		{"type=oidc_role_arn\noidc_provider_arn=p\noidc_token_file_path=/token\n" + roleLines, oidcRole{w, "p", "/token", role, stsHost{}}, ""},
		{"type=ecs_ram_role\nrole_name=instance", ecsRole{w, "instance"}, ""},
		{"type=ecs_ram_role", ecsRole{w, ""}, ""},
		{"type=credentials_uri\ncredentials_uri=https://credentials.example/", uri{w, domaintask.NewSecret("https://credentials.example/")}, ""},

		{"", nil, "type is missing"},
		{"type=rsa_key_pair\nprivate_key_file=hunter2", nil, "type rsa_key_pair is not supported: use another one"},
		{"type=Access_Key", nil, "type AccessKey is not known"},
		{"type=hunter2", nil, "type [hidden] is not known"},
		{"type=access_key\naccess_key_id=id", nil, "access_key_secret is missing"},
		{"type=access_key\naccess_key_secret=hunter2", nil, "access_key_id is missing"},
		{"type=access_key\naccess_key_id=i d\naccess_key_secret=hunter2", nil, "access_key_id holds white space, a control character or a character beyond ASCII"},
		{"type=sts\n" + keyLines, nil, "security_token is missing"},
		{"type=sts\nsecurity_token=hunter2", nil, "access_key_id, access_key_secret are missing"},
		{"type=bearer", nil, "bearer_token is missing"},
		{"type=bearer\nbearer_token=hunter2 2", nil, "bearer_token holds white space, a control character or a character beyond ASCII"},
		{"type=ram_role_arn\nrole_arn=arn", nil, "access_key_id, access_key_secret are missing"},
		{"type=ram_role_arn\n" + keyLines, nil, "role_arn is missing"},
		{"type=oidc_role_arn", nil, "role_arn, oidc_provider_arn, oidc_token_file_path are missing"},
		{"type=credentials_uri", nil, "credentials_uri is missing"},
	} {
		file, err := parseINI([]byte("[default]\n" + tt.lines))
		require.NoError(t, err)
		got, err := file.sections["default"].source(w)
		if tt.says != "" {
			require.EqualError(t, err, tt.says, tt.lines)
			continue
		}
		require.NoError(t, err)
		require.True(t, tt.want == got, tt.lines)
	}
}

// TestINI states the sections of each file.
func TestINI(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		want       string // section.key=value of each, sorted
	}{
		{"nothing", "", ""},
		{"a section", "[a]\nb=c", "a.b=c"},
		{"white space", "  [ a ]\r\n\t b \t=  c d \r\n\r\n", "a.b=c d"},
		{"a byte-order mark", "\ufeff[a]\nb=c", "a.b=c"},
		{"colons", "[a]\nb: c=d\ne=f:g", "a.b=c=d a.e=f:g"},
		{"comments", "# x\n[a] ; y\n;z=1\nb=c # d\ne=f\t;g\nh=i#j;k\nl=#m\nn=;", "a.b=c a.e=f a.h=i#j;k a.l= a.n="},
		{"quotes", "[a]\nb=\"c # d\"\ne='f\"g' # h\ni=`j`\nk=\"\"\nl=m\"n\"", `a.b=c # d a.e=f"g a.i=j a.k= a.l=m"n"`},
		{"joined lines", "[a]\nb=c\\\n  d\\\ne\nf=g\\", `a.b=cde a.f=g\`},
		{"sections that are repeated", "[a]\nb=1\n[c]\nd=2\n[a]\ne=3\nb=4", "a.b=4 a.e=3 c.d=2"},
		{"names in their case", "[A]\nb=1\n[a]\nB=2", "A.b=1 a.B=2"},
		{"a long line", "[a]\nb=" + strings.Repeat("x", 100_000) + "\nc=d", "a.b=" + strings.Repeat("x", 100_000) + " a.c=d"},
		{"an expression", "[a]\nb=%(c)s", "a.b=%(c)s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file, err := parseINI([]byte(tt.text))
			require.NoError(t, err)
			var got []string
			for _, section := range slices.Sorted(maps.Keys(file.sections)) {
				for _, key := range slices.Sorted(maps.Keys(file.sections[section])) {
					got = append(got, section+"."+key+"="+file.sections[section][key].Reveal())
				}
			}
			require.Equal(t, tt.want, strings.Join(got, " "))
		})
	}
}

// TestINILines that cannot be read. The errors state the line number, and nothing of the line.
func TestINILines(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"\n[hunter2":                      "has a section name without an end in line 2",
		"[a]\n\nhunter2":                  "has no key and value in line 3",
		"[a]\n=hunter2":                   "has no key and value in line 2",
		"[a]\nb\\\nhunter2\n":             "has no key and value in line 2",
		"[a]\nb=c\\\nd\nhunter2":          "has no key and value in line 4",
		"hunter2=1\n[a]":                  "has no section name before line 1",
		"[a]\nb=\"hunter2":                "has a quote that is not closed in line 2",
		"[a]\nb='":                        "has a quote that is not closed in line 2",
		"[a]\nb=\"\"\"hunter2\n\"\"\"":    "has a value of several lines in line 2",
		"[a]\naccess_key_secret=[hidden]": "has a value in place of which [hidden] was printed in line 2",
	} {
		_, err := parseINI([]byte(text))
		require.EqualError(t, err, says, text)
	}
}

// FuzzINI: any text is read, or is an error that does not quote it.
func FuzzINI(f *testing.F) {
	f.Add("[a]\nb=\"c\" # d\n")
	f.Add("[a]\nb\\\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := parseINI([]byte(text))
		if err == nil {
			require.NotNil(t, file)
			return
		}
		require.Regexp(t, `^has .{1,80} line \d+$`, err.Error())
	})
}

// FuzzCLI does the same for config.json.
func FuzzCLI(f *testing.F) {
	f.Add(profiles(akProfile("p", "id")))
	f.Add(`{"current":1}`)
	f.Fuzz(func(t *testing.T, text string) {
		config, err := parseCLI([]byte(text))
		if err != nil {
			require.Regexp(t, `^(is empty|is not the JSON that the aliyun CLI writes: (syntax error in line \d+|[\w. ]+ has the wrong type \(\w+\)))$`, err.Error())
			return
		}
		w := newWorld(nil)
		for _, p := range config.profiles {
			if source, err := config.source(w, p.Name); err == nil {
				require.NotEmpty(t, describe(source))
			}
			config.inRing(&p)
		}
	})
}

// FuzzSplitCommand: any command has words, or is an error that does not quote it.
func FuzzSplitCommand(f *testing.F) {
	f.Add(`a "b c" 'd' e\ f`, false)
	f.Fuzz(func(t *testing.T, command string, windows bool) {
		words, err := splitCommand(command, windows)
		if err != nil {
			require.Contains(t, []string{"the command is empty", "the command ends with a backslash", "the command has a quote that is not closed"}, err.Error())
			return
		}
		require.NotEmpty(t, words[0])
	})
}

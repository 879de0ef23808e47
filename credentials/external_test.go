package credentials

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// TestMain makes the test binary a program that prints credentials, for
// process_command.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "print-credentials" {
		printCredentials(os.Args[2:])
	}
	os.Exit(m.Run())
}

func printCredentials(args []string) {
	switch args[0] {
	case "text":
		fmt.Print(args[1])
	case "exit":
		fmt.Print(`{"access_key_id":"hunter2","access_key_secret":"hunter2"}`)
		fmt.Fprint(os.Stderr, "hunter2")
		code, _ := strconv.Atoi(args[1])
		os.Exit(code)
	case "bytes":
		n, _ := strconv.Atoi(args[1])
		fmt.Print(`{"access_key_id":"id","access_key_secret":"secret"}`, strings.Repeat(" ", n-len(`{"access_key_id":"id","access_key_secret":"secret"}`)))
	case "endless":
		for {
			if _, err := fmt.Println(args[1]); err != nil {
				os.Exit(1)
			}
		}
	case "hang":
		fmt.Println(args[1])
		<-time.After(time.Minute) // select {} is a deadlock, and ends the process, in a build without cgo
	case "leave": // a process that holds the output open
		program, _ := os.Executable()
		left := exec.Command(program, "print-credentials", "linger")
		left.Stdout = os.Stdout
		left.Start()
	case "linger":
		time.Sleep(3 * time.Second)
	case "input":
		input, err := io.ReadAll(os.Stdin)
		fmt.Printf(`{"access_key_id":"id%s%v","access_key_secret":"secret"}`, input, err)
	case "variable":
		fmt.Printf(`{"access_key_id":%q,"access_key_secret":"secret"}`, os.Getenv(args[1]))
	}
	os.Exit(0)
}

// command is a process_command that runs this program.
func command(t *testing.T, args ...string) domaintask.Secret {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	for i, arg := range args {
		args[i] = "'" + arg + "'"
	}
	return domaintask.NewSecret(`"` + program + `" print-credentials ` + strings.Join(args, " "))
}

// TestPrintedCredentials states the credentials for each output of a command.
func TestPrintedCredentials(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		output string
		want   answer
		says   string
	}{
		{`{"mode":"AK","access_key_id":"id","access_key_secret":"secret-of-id","sts_token":"ignored"}`, undated(key("id")), ""},
		{`{"mode":"StsToken","access_key_id":"id","access_key_secret":"secret-of-id","sts_token":"token-of-id"}` + "\n", undated(of("id")), ""},
		{`{"access_key_id":"id","access_key_secret":"secret-of-id","sts_token":"token-of-id","expiration":"2026-03-01T13:00:00Z"}`, lasting(of("id"), time.Hour), ""},
		{`{"access_key_id":"id","access_key_secret":"secret-of-id","expiration":"2026-03-01T21:00:00.5+08:00"}`, lasting(key("id"), time.Hour+500*time.Millisecond), ""},
		{`{"access_key_id":"id","access_key_secret":"secret-of-id","expiration":"2026-03-01T11:00:00Z"}`, undated(key("id")), ""},

		{``, answer{}, "the command printed no credentials in JSON"},
		{`hunter2`, answer{}, "the command printed no credentials in JSON"},
		{`{"access_key_id":"id","access_key_secret":"secret"} hunter2`, answer{}, "the command printed no credentials in JSON"},
		{`{"access_key_id":"id","access_key_secret":"[hidden]"}`, answer{}, "the command printed no credentials in JSON"},
		{`{"access_key_id":"hunter2"}`, answer{}, "the command printed no access_key_id or no access_key_secret"},
		{`{"access_key_secret":"hunter2"}`, answer{}, "the command printed no access_key_id or no access_key_secret"},
		{`{"mode":"StsToken","access_key_id":"id","access_key_secret":"hunter2"}`, answer{}, "the command printed no sts_token"},
		{`{"mode":"hunter2","access_key_id":"id","access_key_secret":"secret"}`, answer{}, "the command printed a mode that is neither AK nor StsToken"},
		{`{"access_key_id":"id","access_key_secret":"secret","expiration":"hunter2"}`, answer{}, "the command printed no expiration like 2006-01-02T15:04:05Z"},
	} {
		got, err := printed([]byte(tt.output), now)
		if tt.says != "" {
			require.EqualError(t, err, tt.says)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, tt.want, got, tt.output)
	}
}

// TestCommand is run as the CLI does: words without a shell, the environment
// passed on. It has no standard input.
func TestCommand(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"text", `{"access_key_id":"$HOME *","access_key_secret":"secret"}`}, "$HOME *"},
		{[]string{"bytes", strconv.Itoa(maxReply)}, "id"},
		{[]string{"input"}, "id<nil>"},
		{[]string{"input", ""}, "id<nil>"},
		{[]string{"variable", "PATH"}, os.Getenv("PATH")},
	} {
		got, err := external{f.world(), command(t, tt.args...)}.fetch(t.Context(), domaintask.Credentials{})
		require.NoError(t, err)
		require.Equal(t, tt.want, got.creds.AccessKeyID)
	}
}

// TestCommandFailures, none of which shows a word of the command or of its output.
func TestCommandFailures(t *testing.T) {
	t.Parallel()
	notAProgram := "the program of the command cannot be run"
	if runtime.GOOS == "windows" { // a name without .exe is not found
		notAProgram = "the program of the command was not found"
	}
	for _, tt := range []struct {
		name    string
		command domaintask.Secret
		timeout time.Duration
		says    string
	}{
		{"exit status", command(t, "exit", "3"), time.Minute, "the command failed: exit status 3"},
		{"too much", command(t, "bytes", strconv.Itoa(maxReply+1)), time.Minute, "the command printed more than 65536 bytes"},
		{"without end", command(t, "endless", "hunter2"), time.Minute, "the command printed more than 65536 bytes"},
		{"too long", command(t, "hang", "hunter2"), 100 * time.Millisecond, "the command did not end in time"},
		{"output left open", command(t, "leave", ""), time.Minute, "the command ended and left its output open"},
		{"not found", domaintask.NewSecret("hunter2 x"), time.Minute, "the program of the command was not found"},
		{"not a program", domaintask.NewSecret("'" + t.TempDir() + "'"), time.Minute, notAProgram},
		{"no command", domaintask.NewSecret(" "), time.Minute, "the command is empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			ctx, cancel := context.WithTimeout(t.Context(), tt.timeout)
			defer cancel()
			_, err := external{f.world(), tt.command}.fetch(ctx, domaintask.Credentials{})
			require.EqualError(t, err, tt.says)
		})
	}
}

// TestCommandInAProfile, whose error names the profile.
func TestCommandInAProfile(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	write := func(command domaintask.Secret) {
		f.write(cliFile, profiles(fmt.Sprintf(`"p","mode":"External","process_command":%q`, command.Reveal())))
	}
	write(command(t, "text", `{"access_key_id":"printed","access_key_secret":"secret-of-printed"}`))
	provider := Default(f.opts()...)
	requireCredentials(t, key("printed"), provider)
	write(command(t, "exit", "1"))
	err := requireFailure(t, provider, `: cli_profile: profile "p" of `+filepath.Join(f.home, ".aliyun", "config.json")+` (command): the command failed: exit status 1`)
	require.NotContains(t, err.Error(), "hunter2")
}

// TestForbiddenProfiles: the CLI forbids commands and addresses by one variable,
// which counts at the next request.
func TestForbiddenProfiles(t *testing.T) {
	t.Parallel()
	for _, fields := range []string{`"mode":"External","process_command":"hunter2"`, `"mode":"CredentialsURI","credentials_uri":"https://hunter2.example/"`} {
		f := newFixture(t)
		f.write(cliFile, profiles(`"p",`+fields))
		provider := Default(f.opts()...)
		for _, value := range []string{"1", "True"} {
			f.set("DISABLE_EXTERNAL_PROCESS=" + value)
			err := requireFailure(t, provider, ": disabled by ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS")
			require.NotContains(t, err.Error(), "hunter2")
		}
		require.Empty(t, f.sent())
		f.serve(func(*http.Request) response { return ok(session("id")) })
		for _, value := range []string{"0", "", "yes"} {
			f.set("DISABLE_EXTERNAL_PROCESS=" + value)
			_, err := provider.Credentials(t.Context())
			if err != nil {
				require.NotContains(t, err.Error(), "disabled by")
			}
		}
	}
}

// TestSplitCommand: words as in POSIX, and as the CLI splits them on Windows.
func TestSplitCommand(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		command string
		windows bool
		want    []string
		says    string
	}{
		{"a b\tc\nd", false, []string{"a", "b", "c", "d"}, ""},
		{"  a  b  ", false, []string{"a", "b"}, ""},
		{`a "b c" 'd e'`, false, []string{"a", "b c", "d e"}, ""},
		{`a b"c d"e'f g'h`, false, []string{"a", "bc def gh"}, ""},
		{`a "" ''`, false, []string{"a", "", ""}, ""},
		{`a\ b c\"d \\`, false, []string{"a b", `c"d`, `\`}, ""},
		{`a "b\"c\\d\$e\f" 'g\h'`, false, []string{"a", `b"c\d$e\f`, `g\h`}, ""},
		{"a \"b\\`c\\\nd\"", false, []string{"a", "b`c\nd"}, ""},
		{`a "it's" 'say "x"'`, false, []string{"a", "it's", `say "x"`}, ""},
		{`a \é é`, false, []string{"a", "é", "é"}, ""},
		{`C:\tools\print.exe x`, true, []string{`C:\tools\print.exe`, "x"}, ""},
		{`"C:\Program Files\print.exe" "a\"b" "c\\d" 'e\"f'`, true, []string{`C:\Program Files\print.exe`, `a"b`, `c\\d`, `e\"f`}, ""},
		{`a b\`, true, []string{"a", `b\`}, ""},
		{`a b\`, false, nil, "the command ends with a backslash"},
		{`a "b`, false, nil, "the command has a quote that is not closed"},
		{`a 'b`, false, nil, "the command has a quote that is not closed"},
		{`a "b\`, false, nil, "the command has a quote that is not closed"},
		{"", false, nil, "the command is empty"},
		{" \t", false, nil, "the command is empty"},
		{`"" a`, false, nil, "the command is empty"},
	} {
		got, err := splitCommand(tt.command, tt.windows)
		if tt.says != "" {
			require.EqualError(t, err, tt.says, tt.command)
			continue
		}
		require.NoError(t, err, tt.command)
		require.Equal(t, tt.want, got, tt.command)
	}
}

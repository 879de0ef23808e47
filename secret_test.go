package domaintask_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// ExampleNewSecret reads the secret of a provider's configuration.
func ExampleNewSecret() {
	var state struct {
		Region string
		Secret domaintask.Secret
	}
	err := json.Unmarshal([]byte(`{"Region": "cn-hangzhou", "Secret": "opensesame"}`), &state)
	fmt.Println(err)
	fmt.Printf("%+v\n", state)
	fmt.Println(state.Secret == domaintask.NewSecret("opensesame"), state.Secret.Reveal())
	// Output:
	// <nil>
	// {Region:cn-hangzhou Secret:[hidden]}
	// true opensesame
}

func ExampleNewCredentials() {
	creds := domaintask.NewCredentials("STS.example", "its secret", "its token")
	fmt.Printf("%+v\n", creds)
	// Output: {AccessKeyID:STS.example AccessKeySecret:[hidden] SecurityToken:[hidden] BearerToken:}
}

func ExampleBearerCredentials() {
	fmt.Printf("%+v\n", domaintask.BearerCredentials("a token"))
	// Output: {AccessKeyID: AccessKeySecret: SecurityToken: BearerToken:[hidden]}
}

func TestSecretIsAValue(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "x", "secret", "with\x00zeros\xff", "a token/+= of STS"} {
		secret := domaintask.NewSecret(text)
		require.Equal(t, text, secret.Reveal())
		require.Equal(t, text == "", secret.IsZero())
		require.True(t, secret == domaintask.NewSecret(text), "equal secrets compare equal")
		require.False(t, secret == domaintask.NewSecret(text+"x"))
	}
	require.True(t, domaintask.NewSecret("") == domaintask.Secret{})
}

// TestPrintedSecretsAreNotReadBack by what reads configuration files.
func TestPrintedSecretsAreNotReadBack(t *testing.T) {
	t.Parallel()
	creds := domaintask.NewCredentials("id", "secret", "")
	asJSON, err := json.Marshal(creds)
	require.NoError(t, err)
	asXML, err := xml.Marshal(creds)
	require.NoError(t, err)
	var asGob bytes.Buffer
	require.NoError(t, gob.NewEncoder(&asGob).Encode(creds))
	for name, read := range map[string]func(any) error{
		"JSON": func(v any) error { return json.Unmarshal(asJSON, v) },
		"XML":  func(v any) error { return xml.Unmarshal(asXML, v) },
		"gob":  gob.NewDecoder(&asGob).Decode,
	} {
		var back domaintask.Credentials
		require.ErrorContains(t, read(&back), "holds [hidden], which was printed", name)
		require.True(t, back.AccessKeySecret.IsZero(), name)
	}
	var back domaintask.Credentials
	require.NoError(t, json.Unmarshal([]byte(`{"AccessKeyID":"id","AccessKeySecret":"secret","BearerToken":""}`), &back))
	require.Equal(t, creds, back)
	require.NotContains(t, json.Unmarshal([]byte(`{"AccessKeySecret":12345678}`), &back).Error(), "12345678")
}

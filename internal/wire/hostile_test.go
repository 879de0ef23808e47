package wire_test

import (
	"strings"
	"testing"

	"github.com/domaintask/domaintask/internal/wire"
)

// hostileDocuments returns pages that are expensive on purpose: each repeats
// something for the given number of bytes.
func hostileDocuments(size int) map[string]string {
	repeat := func(part string) string { return strings.Repeat(part, size/len(part)+1) }
	json := func(members string) string { return `{` + members + `"TotalItemNum":1}` }
	list := func(element string) string { return json(`"Data":[` + repeat(element+",") + `null],`) }
	task := func(members string) string { return json(`"Data":[{` + members + `"TaskDetailNo":"d"}],`) }
	xml := func(content string) string {
		return `<PollTaskResultResponse><TotalItemNum>1</TotalItemNum>` + content + `</PollTaskResultResponse>`
	}
	elements := func(element string) string { return xml(`<Data>` + repeat(element) + `</Data>`) }
	taskOf := func(elements string) string { return xml(`<Data><TaskDetail>` + elements + `</TaskDetail></Data>`) }
	text := func(part string) string { return taskOf(`<TaskNo>` + repeat(part) + `</TaskNo>`) }
	return map[string]string{
		"JSON tasks":                    list(`{"TaskNo":1}`),
		"JSON tasks of one odd value":   list(`{"TryCount":{"":0}}`),
		"JSON empty tasks":              list(`{}`),
		"JSON tasks of unknown":         list(`{"":0}`),
		"JSON numbers for tasks":        list(`5`),
		"JSON strings for tasks":        list(`"\u0041"`),
		"JSON lists for tasks":          list(`[0]`),
		"JSON lists of Data":            json(repeat(`"Data":[],`)),
		"JSON Data of one task":         json(repeat(`"Data":[{"TaskNo":1}],`)),
		"JSON Data in two spellings":    json(repeat(`"data":[{"TaskNo":1}],"Data":[{"TaskNo":1}],`)),
		"JSON lists of TaskDetail":      json(`"Data":{` + repeat(`"TaskDetail":[],`) + `"TaskDetail":[]},`),
		"JSON odd Data":                 json(repeat(`"Data":1,`)),
		"JSON unknown members":          json(repeat(`"":0,`)),
		"JSON unknown members, task":    task(repeat(`"":0,`)),
		"JSON long names":               json(`"` + repeat(`\u0041`) + `":0,`),
		"JSON duplicates":               json(repeat(`"PageSize":1,"PageSize":2,`)),
		"JSON duplicates in a task":     task(repeat(`"TaskNo":1,"TaskNo":2,`)),
		"JSON duplicates with escapes":  task(repeat(`"TaskNo":"\u0041","TaskNo":"` + strings.Repeat(`\n`, 20) + `",`)),
		"JSON duplicates of lost bytes": task(repeat("\"TaskNo\":\"" + strings.Repeat("\xff", 50) + "\",\"TaskNo\":\"" + strings.Repeat("\xff", 51) + "\",")),
		"JSON spellings":                task(repeat(`"TASKNO":"\u0041","TaskNo":"\n",`)),
		"JSON lost bytes":               task("\"TaskNo\":\"" + repeat("\xff") + "\","),
		"JSON lost bytes and escapes":   task("\"TaskNo\":\"" + repeat("\xff\\n") + "\","),
		"JSON halves of pairs":          task(`"TaskNo":"` + repeat(`\ud83d`) + `",`),
		"JSON objects for text":         task(repeat(`"ErrorMsg":{"":0},`)),
		"JSON lost bytes in an object":  task("\"ErrorMsg\":[\"" + repeat("\xffx") + "\"],"),
		"JSON nesting":                  json(`"New":` + repeat(`[`)),
		"JSON many nested":              json(repeat(`"New":[[[[[[[[]]]]]]]],`)),
		"JSON details of a denial":      json(repeat(`"AccessDeniedDetail":{"AuthAction":"\n"},`)),
		"JSON one detail of a denial":   json(`"AccessDeniedDetail":{"AuthAction":"` + repeat(`\n`) + `"},`),
		"XML tasks":                     elements(`<TaskDetail><TaskNo>1</TaskNo></TaskDetail>`),
		"XML tasks of one odd value":    elements(`<TaskDetail><TryCount>x</TryCount></TaskDetail>`),
		"XML empty tasks":               elements(`<TaskDetail/>`),
		"XML tasks of unknown":          elements(`<TaskDetail><a/></TaskDetail>`),
		"XML tasks of text":             elements(`<TaskDetail>x</TaskDetail>`),
		"XML text between tasks":        elements(`x<a/>`),
		"XML lists of Data":             xml(repeat(`<Data/>`)),
		"XML odd Data":                  xml(repeat(`<Data>x</Data>`)),
		"XML Data in two spellings":     xml(repeat(`<data><TaskDetail><TaskNo>1</TaskNo></TaskDetail></data><Data/>`)),
		"XML text in tasks":             taskOf(repeat(`x<a/>`)),
		"XML unknown elements":          xml(repeat(`<a/>`)),
		"XML attributes":                xml(repeat(`<a b="" c="" d="" e=""/>`)),
		"XML duplicates":                xml(repeat(`<PageSize>1</PageSize><PageSize>2</PageSize>`)),
		"XML duplicates in a task":      taskOf(repeat(`<TaskNo>1</TaskNo><TaskNo>2</TaskNo>`)),
		"XML duplicates with CDATA":     taskOf(repeat(`<TaskNo><![CDATA[1]]></TaskNo><TaskNo><![CDATA[2]]></TaskNo>`)),
		"XML spellings":                 taskOf(repeat(`<TASKNO>1</TASKNO><TaskNo>2</TaskNo>`)),
		"XML lost bytes":                text("\xff"),
		"XML lost bytes and references": text("\xff&lt;"),
		"XML lost references":           text("&#xD800;"),
		"XML no references":             text("&"),
		"XML a long number":             taskOf("<TaskNo>&#" + repeat("0") + ";</TaskNo>"),
		"XML carriage returns":          text("\r"),
		"XML CDATA":                     text("<![CDATA[]]>"),
		"XML comments":                  text("<!---->"),
		"XML elements for text":         taskOf(repeat(`<ErrorMsg><a/></ErrorMsg>`)),
		"XML lost bytes in elements":    taskOf("<ErrorMsg><a/>" + repeat("\xffx") + "</ErrorMsg>"),
		"XML nesting":                   xml(repeat(`<a>`)),
		"XML details of a denial":       xml(repeat(`<AccessDeniedDetail><AuthAction>a</AuthAction></AccessDeniedDetail>`)),
		"XML one detail of a denial":    xml(`<AccessDeniedDetail><AuthAction>` + repeat(`&lt;`) + `</AuthAction></AccessDeniedDetail>`),
	}
}

// No document allocates more than a small multiple of its size, no matter what it
// repeats. Not parallel: it counts the allocations of the whole program.
func TestMemoryIsBounded(t *testing.T) {
	for name, doc := range hostileDocuments(1 << 20) {
		doc := []byte(doc)
		for decoder, decode := range map[string]func(){
			"page":            func() { wire.DecodePage(doc, pageRoot, pageLimit, keep) },
			"rows":            func() { wire.DecodeRows(doc, pageRoot, pageLimit) },
			"acknowledgement": func() { wire.DecodeAcknowledgement(doc) },
			"envelope":        func() { wire.DecodeEnvelope(doc) },
			"prefix":          func() { wire.DecodeEnvelopePrefix(doc) },
		} {
			t.Run(name+"/"+decoder, func(t *testing.T) { checkMemory(t, doc, decode) })
		}
	}
}

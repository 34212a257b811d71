// An order's life as Go programs tell it: `caller URL USER TOKEN`, JSON out. url.Values and JSON for API 2.0, files by
// multipart.Writer through a pipe, so that the body is chunked; JSON for the other door.
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

type params map[string]any

// envelope is what ubersmithgo decodes into.
type envelope struct {
	Status       bool            `json:"status"`
	ErrorCode    int             `json:"error_code"`
	ErrorMessage string          `json:"error_message"`
	Data         json.RawMessage `json:"data"`
}

var base, user, token string

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func flat(values url.Values, prefix string, tree params) url.Values {
	for key, value := range tree {
		name := key
		if prefix != "" {
			name = prefix + "[" + key + "]"
		}
		switch value := value.(type) {
		case params:
			flat(values, name, value)
		case []string:
			for _, each := range value {
				values.Add(name+"[]", each)
			}
		case nil:
			values.Add(name, "")
		default:
			values.Add(name, fmt.Sprint(value))
		}
	}
	return values
}

func send(request *http.Request, token string) (int, http.Header, []byte) {
	request.SetBasicAuth(user, token)
	answer, err := http.DefaultClient.Do(request)
	check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	check(err)
	return answer.StatusCode, answer.Header, body
}

// read answers the data, or what is refused as text with its code before it.
func read(status int, header http.Header, body []byte) any {
	if header.Get("Content-Type") != "application/json" {
		return string(body)
	}
	var said envelope
	check(json.Unmarshal(body, &said))
	if !said.Status {
		text := fmt.Sprintf("%d %s", said.ErrorCode, said.ErrorMessage)
		if status != http.StatusOK {
			text = fmt.Sprintf("%d %s", status, text)
		}
		return text
	}
	var data any
	check(json.Unmarshal(said.Data, &data))
	return data
}

func request(verb, address string, body io.Reader, contentType string) *http.Request {
	made, err := http.NewRequest(verb, base+address, body)
	check(err)
	if contentType != "" {
		made.Header.Set("Content-Type", contentType)
	}
	return made
}

func callAs(token, method string, tree params) any {
	body := strings.NewReader(flat(url.Values{}, "", tree).Encode())
	return read(send(request("POST", "/api/2.0/?method="+method, body, "application/x-www-form-urlencoded"), token))
}

func call(method string, tree params) any { return callAs(token, method, tree) }

// inJSON sends no length: the body is written while it is encoded.
func inJSON(method string, tree params) any {
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(json.NewEncoder(writer).Encode(tree)) }()
	return read(send(request("POST", "/api/2.0/?method="+method, reader, "application/json"), token))
}

func got(method string, tree params) any {
	values := flat(url.Values{"method": {method}}, "", tree)
	return read(send(request("GET", "/api/2.0/?"+values.Encode(), nil, ""), token))
}

func uploaded(method string, tree params, files [][2]string) any {
	reader, writer := io.Pipe()
	form := multipart.NewWriter(writer)
	go func() {
		for name, values := range flat(url.Values{}, "", tree) {
			check(form.WriteField(name, values[0]))
		}
		for number, file := range files {
			part, err := form.CreateFormFile(fmt.Sprintf("attach[%d]", number), file[0])
			check(err)
			_, err = io.WriteString(part, file[1])
			check(err)
		}
		check(form.Close())
		writer.Close()
	}()
	return read(send(request("POST", "/api/2.0/?method="+method, reader, form.FormDataContentType()), token))
}

func asked(method string, tree params, key string) (int, map[string]any) {
	content, err := json.Marshal(tree)
	check(err)
	made := request("POST", "/"+method, bytes.NewReader(content), "application/json")
	made.Header.Set("Expect", "100-continue")
	if key != "" {
		made.Header.Set("Idempotency-Key", key)
	}
	status, _, body := send(made, token)
	var data map[string]any
	check(json.Unmarshal(body, &data))
	return status, data
}

func at(value any, keys ...string) any {
	for _, key := range keys {
		tree, _ := value.(map[string]any)
		value = tree[key]
	}
	return value
}

func until(orderID any, action, status string) any {
	for tries := 0; tries < 300; tries++ {
		if at(got("order.get", params{"order_id": orderID}), "progress", action, "status") == status {
			return status
		}
		time.Sleep(100 * time.Millisecond)
	}
	check(fmt.Errorf("action %s of order %v is not %s", action, orderID, status))
	return nil
}

func main() {
	base, user, token = os.Args[1], os.Args[2], os.Args[3]
	info := params{
		"first": "Zoë", "last": "Müller & Söhne", "email": "ada@example.com", "country": "GB", "payment_type": "cc",
		"cc_token": "tok_approve", "cc_type": "Visa", "cc_num": "4242", "cc_expire": "1230",
		"pack1": params{"plan_id": 2, "period": 1, "options": params{"31": 101}},
		"note":  "50% off; a+b=c & \"d\" \U0001F469\r\n2", "big": int64(1<<63 - 1), "flag": true, "no": false, "empty": "", "nothing": nil,
		"hosts": []string{"a.example", "b.example"}, "none": params{},
	}
	made := inJSON("order.create", params{"order_queue_id": 3, "priority": 2, "info": info})
	orderID := at(made, "order_id")
	postID := uploaded("order.respond", params{"order_id": orderID, "comment": true, "followup": "Grüße"},
		[][2]string{{"Übersicht 1.txt", "hällo\r\n"}, {"b.txt", "a\n"}})
	files := params{}
	kept, _ := got("uber.attachment_list", params{"attach_type": "order_ticket", "id": postID}).(map[string]any)
	for attachID, file := range kept {
		name := fmt.Sprint(at(file, "name"))
		files[name] = got("uber.attachment_get", params{"attach_type": "order_ticket", "attach_id": attachID})
	}
	updated := call("order.update", params{"order_id": orderID, "info": params{"pack1": params{"quantity": 2}, "empty": "x"}})
	order := got("order.get", params{"hash": at(made, "data", "hash")})
	listed := got("order.list", params{"order_queue_id": 3, "order_by": "order_id", "direction": "DESC", "limit": 1000})
	thanks := fmt.Sprint(call("order.submit", params{"order_id": orderID}))
	until(orderID, "3202", "waiting")
	one := params{"order_id": orderID}
	step := params{"order_id": orderID, "order_action_id": 3202}
	processed := []any{call("order.process", step), until(orderID, "3202", "done")}
	until(orderID, "3401", "waiting")
	skip := params{"order_id": orderID, "order_action_id": 3401, "skip": true}
	skipped := []any{inJSON("order.process", skip), until(orderID, "3401", "skipped")}
	clientID := at(got("order.get", one), "client_id")
	client := call("client.get", params{"client_id": clientID})
	services, _ := got("client.service_list", params{"client_id": clientID}).(map[string]any)
	canceled := call("order.cancel", one)
	noise := make([]byte, 8)
	_, err := rand.Read(noise)
	check(err)
	key := fmt.Sprintf("go-%x", noise)
	lead := params{"order_queue_id": 1, "info": params{"first": "Zoë", "none": params{}}}
	status, first := asked("order.create", lead, key)
	_, again := asked("order.create", lead, key)
	other, _ := asked("order.create", params{"order_queue_id": 2, "info": lead["info"]}, key)
	_, slash := asked("order.update/", params{"order_id": first["order_id"], "priority": 2}, "")
	_, problem := asked("order.get", params{"order_id": 999_999_999}, "")
	_, wrong := asked("order.create", params{"order_queue_id": "x", "prority": 1}, "")
	fields := []any{}
	for _, each := range wrong["errors"].([]any) {
		fields = append(fields, at(each, "field"))
	}
	check(json.NewEncoder(os.Stdout).Encode(params{
		"info": at(order, "info"), "priority": at(order, "priority"), "listed": at(listed, fmt.Sprint(orderID)) != nil,
		"files": files, "updated": updated, "thanks": strings.Contains(thanks, fmt.Sprint(orderID)),
		"processed": processed, "skipped": skipped, "client": fmt.Sprintf("%v %v", at(client, "first"), at(client, "last")),
		"services": len(services), "canceled": canceled, "end": at(got("order.get", one), "order_status"),
		"refused": params{
			"wrong password": callAs("wrong", "order.get", one), "unknown method": call("order.nonsense", nil),
			"missing field": call("order.create", params{"info": params{"a": 1}}),
			"unknown order": call("order.get", params{"order_id": 999_999_999}), "final": call("order.process", step),
		},
		"door": params{
			"status": status, "again": again["order_id"] == first["order_id"], "other": other, "name": at(first, "info", "first"),
			"slash": slash["priority"], "problem": problem["type"], "fields": fields,
		},
	}))
}

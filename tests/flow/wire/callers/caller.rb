# An order's life as Ruby programs tell it: `caller.rb URL USER TOKEN`, JSON out. Net::HTTP with forms for API 2.0, multipart by
# set_form, names as Rack nests them; asked for its password first, as mechanize does. JSON for the other door.
require "json"
require "net/http"
require "securerandom"
require "stringio"
require "uri"

URL, USER, TOKEN = ARGV

def pairs(values, prefix = nil)
  values.flat_map do |key, value|
    name = prefix ? "#{prefix}[#{key}]" : key.to_s
    case value
    when Hash then pairs(value, name)
    when Array then value.map { |each| ["#{name}[]", each] }
    else [[name, value]]
    end
  end
end

def sent(request, user = USER, token = TOKEN, tries = 3)
  answer = Net::HTTP.start(request.uri.hostname, request.uri.port, read_timeout: 60) { |http| http.request(request) }
  if answer.is_a?(Net::HTTPRedirection) && tries.positive?
    again = request.class.new(request.uri + answer["Location"])
    again.body = request.body
    request.each_header { |name, value| again[name] = value unless name == "host" }
    return sent(again, user, token, tries - 1)
  end
  if answer.code == "401" && answer["WWW-Authenticate"].to_s.start_with?("Basic ") && !request["Authorization"]
    again = request.class.new(request.uri)
    again.body, again.content_type = request.body, request.content_type if request.body
    again.basic_auth(user, token)
    return sent(again, user, token, tries)
  end
  answer
end

# The data, a file's bytes, or what is refused as text with its code before it.
def read(answer)
  return answer.body.force_encoding("UTF-8") unless answer["Content-Type"] == "application/json"
  said = JSON.parse(answer.body)
  return said["data"] if said["status"] == true
  "#{"#{answer.code} " unless answer.code == "200"}#{said["error_code"]} #{said["error_message"]}"
end

def call(method, parameters = {}, token = TOKEN)
  request = Net::HTTP::Post.new(URI("#{URL}/api/2.0/?method=#{method}"))
  request.body = URI.encode_www_form(pairs(parameters))
  request.content_type = "application/x-www-form-urlencoded"
  read(sent(request, USER, token))
end

def got(method, parameters)
  uri = URI("#{URL}/api/2.0/")
  uri.query = URI.encode_www_form([["method", method], *pairs(parameters)])
  read(sent(Net::HTTP::Get.new(uri)))
end

def uploaded(method, parameters, files)
  request = Net::HTTP::Post.new(URI("#{URL}/api/2.0"))
  parts = files.map { |name, text| ["attach[]", StringIO.new(text), { filename: name, content_type: "text/plain" }] }
  request.set_form([["method", method], *pairs(parameters).map { |name, value| [name, value.to_s] }, *parts], "multipart/form-data")
  request.basic_auth(USER, TOKEN)
  read(sent(request))
end

def asked(method, parameters, headers = {})
  request = Net::HTTP::Post.new(URI("#{URL}/#{method}"), { "Content-Type" => "application/json" }.merge(headers))
  request.basic_auth(USER, TOKEN)
  request.body = JSON.generate(parameters)
  answer = sent(request)
  [answer.code.to_i, JSON.parse(answer.body)]
end

def wait_until(order_id, action, status)
  said = nil
  300.times do
    said = got("order.get", { order_id: order_id })["progress"]
    said = said.is_a?(Hash) ? said.dig(action, "status") : nil
    return said if said == status
    sleep 0.1
  end
  raise "action #{action} of order #{order_id} is #{said}"
end

info = {
  first: "Zoë", last: "Müller & Söhne", email: "ada@example.com", country: "GB", payment_type: "cc",
  cc_token: "tok_approve", cc_type: "Visa", cc_num: "4242", cc_expire: "1230",
  pack1: { plan_id: 2, period: 1, options: { 31 => 101 } },
  note: "50% off; a+b=c & \"d\" \u{1F469}\r\n2", big: 2**63 - 1, flag: true, no: false, empty: "", nothing: nil,
  hosts: ["a.example", "b.example"], none: [],
}
made = call("order.create", { order_queue_id: 3, priority: 2, info: info })
order_id = made["order_id"]
one = { order_id: order_id }
post_id = uploaded("order.respond", { **one, comment: true, followup: "Grüße" }, { "Übersicht 1.txt" => "hällo\r\n", "b.txt" => "a\n" })
files = got("uber.attachment_list", { attach_type: "order_ticket", id: post_id }).to_h do |attach_id, kept|
  [kept["name"], got("uber.attachment_get", { attach_type: "order_ticket", attach_id: attach_id })]
end
updated = call("order.update", { **one, info: { pack1: { quantity: 2 }, empty: "x" } })
order = got("order.get", { hash: made["data"]["hash"] })
listed = got("order.list", { order_queue_id: 3, order_by: "order_id", direction: "DESC", limit: 1000 })
thanks = call("order.submit", one)
wait_until(order_id, "3202", "waiting")
processed = [call("order.process", { **one, order_action_id: 3202 }), wait_until(order_id, "3202", "done")]
wait_until(order_id, "3401", "waiting")
skipped = [call("order.process", { **one, order_action_id: 3401, skip: true }), wait_until(order_id, "3401", "skipped")]
client_id = got("order.get", one)["client_id"]
client = got("client.get", { client_id: client_id })
services = got("client.service_list", { client_id: client_id })
canceled = call("order.cancel", one)
key = { "Idempotency-Key" => "ruby-#{SecureRandom.hex(8)}" }
lead = { order_queue_id: 1, info: { first: "Zoë", none: {} } }
status, first = asked("order.create", lead, key)
puts JSON.generate(
  {
    info: order["info"], priority: order["priority"], listed: listed.key?(order_id), files: files, updated: updated,
    thanks: thanks.include?(order_id), processed: processed, skipped: skipped,
    client: "#{client["first"]} #{client["last"]}", services: services.size, canceled: canceled,
    end: got("order.get", one)["order_status"],
    refused: {
      "wrong password" => call("order.get", one, "wrong"), "unknown method" => call("order.nonsense"),
      "missing field" => call("order.create", { info: { a: 1 } }), "unknown order" => call("order.get", { order_id: 999_999_999 }),
      "final" => call("order.process", { **one, order_action_id: 3202 }),
    },
    door: {
      status: status, again: asked("order.create", lead, key)[1]["order_id"] == first["order_id"],
      other: asked("order.create", { **lead, order_queue_id: 2 }, key)[0], name: first["info"]["first"],
      slash: asked("order.update/", { order_id: first["order_id"], priority: 2 })[1]["priority"],
      problem: asked("order.get", { order_id: 999_999_999 })[1]["type"],
      fields: asked("order.create", { order_queue_id: "x", prority: 1 })[1]["errors"].map { |error| error["field"] },
    },
  },
)

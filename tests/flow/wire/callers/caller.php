<?php
// An order's life as PHP programs tell it: `caller.php URL USER TOKEN`, JSON out. cURL with multipart for API 2.0, as the official
// client has it, stream contexts with HTTP/1.0 and http_build_query for reading, JSON for the other door. A warning is an error.
declare(strict_types=1);
error_reporting(E_ALL);
set_error_handler(function (int $level, string $text, string $file, int $line): bool {
    throw new ErrorException($text, 0, $level, $file, $line);
});

[, $url, $user, $token] = $argv;

function flat(array $values, string $prefix = ''): array
{
    $fields = [];
    foreach ($values as $key => $value) {
        $name = $prefix === '' ? (string) $key : "{$prefix}[$key]";
        $fields += is_array($value) ? flat($value, $name) : [$name => $value];
    }
    return $fields;
}

/** @return array{int, string, string} status, content type, body */
function sent(string $address, string $login, array $options): array
{
    $curl = curl_init($address);
    curl_setopt_array($curl, $options + [
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_HTTPAUTH => CURLAUTH_BASIC,
        CURLOPT_USERPWD => $login,
        CURLOPT_ENCODING => 'gzip',
        CURLOPT_FOLLOWLOCATION => true,
        CURLOPT_POSTREDIR => CURL_REDIR_POST_ALL,
        CURLOPT_MAXREDIRS => 2,
        CURLOPT_TIMEOUT => 60,
        CURLOPT_USERAGENT => 'Ubersmith API Client PHP/1.3',
    ]);
    $body = curl_exec($curl);
    if ($body === false) {
        throw new RuntimeException(curl_error($curl));
    }
    return [curl_getinfo($curl, CURLINFO_HTTP_CODE), (string) curl_getinfo($curl, CURLINFO_CONTENT_TYPE), $body];
}

/** The data, a file's bytes, or what is refused as text with its code before it. */
function call(string $method, array $parameters = [], ?string $login = null): mixed
{
    global $url, $user, $token;
    $fields = $parameters ? [CURLOPT_POSTFIELDS => flat($parameters)] : [CURLOPT_POST => true, CURLOPT_POSTFIELDS => ''];
    [$status, $type, $body] = sent("$url/api/2.0/?method=$method", $login ?? "$user:$token", $fields + [CURLOPT_HTTPHEADER => ['Expect:']]);
    if ($type !== 'application/json') {
        return $body;
    }
    $said = json_decode($body, true, 64, JSON_THROW_ON_ERROR);
    return $said['status'] ? $said['data'] : ($status === 200 ? '' : "$status ") . "{$said['error_code']} {$said['error_message']}";
}

/** By file_get_contents, urlencoded. */
function streamed(string $method, array $parameters): mixed
{
    global $url, $user, $token;
    $headers = ['Authorization: Basic ' . base64_encode("$user:$token"), 'Content-type: application/x-www-form-urlencoded', 'Connection: close'];
    $http = ['method' => 'POST', 'protocol_version' => 1.0, 'ignore_errors' => true, 'header' => implode("\r\n", $headers),
        'content' => http_build_query(['method' => $method] + $parameters)];
    return json_decode(file_get_contents("$url/api/2.0/", false, stream_context_create(['http' => $http])), true)['data'];
}

/** At the other door. @return array{int, mixed} */
function asked(string $method, array $parameters, array $headers = []): array
{
    global $url, $user, $token;
    $options = [CURLOPT_POSTFIELDS => json_encode($parameters), CURLOPT_HTTPHEADER => ['Content-Type: application/json', 'Expect: 100-continue', ...$headers]];
    [$status, , $body] = sent("$url/$method", "$user:$token", $options);
    return [$status, json_decode($body, true)];
}

function until(string $order_id, string $action, string $status): string
{
    for ($tries = 0; $tries < 300; $tries++) {
        $said = streamed('order.get', ['order_id' => $order_id])['progress'][$action]['status'] ?? '';
        if ($said === $status) {
            return $said;
        }
        usleep(100_000);
    }
    throw new RuntimeException("action $action of order $order_id is $said");
}

$info = [
    'first' => 'Zoë', 'last' => 'Müller & Söhne', 'email' => 'ada@example.com', 'country' => 'GB', 'payment_type' => 'cc',
    'cc_token' => 'tok_approve', 'cc_type' => 'Visa', 'cc_num' => '4242', 'cc_expire' => '1230',
    'pack1' => ['plan_id' => 2, 'period' => 1, 'options' => [31 => 101]],
    'note' => "50% off; a+b=c & \"d\" \u{1F469}\r\n2", 'big' => PHP_INT_MAX, 'flag' => true, 'no' => false, 'empty' => '', 'nothing' => null,
    'hosts' => ['a.example', 'b.example'], 'none' => [],
];
$made = call('order.create', ['order_queue_id' => 3, 'priority' => 2, 'info' => $info]);
$order_id = $made['order_id'];
$one = ['order_id' => $order_id];
$file = tempnam(sys_get_temp_dir(), 'caller');
file_put_contents($file, "hällo\r\n");
$post_id = call('order.respond', $one + ['comment' => true, 'followup' => 'Grüße', 'attach' => [
    new CURLFile($file, 'text/plain', 'Übersicht 1.txt'), new CURLStringFile("a\n", 'b.txt', 'text/plain'),
]]);
unlink($file);
$files = [];
foreach (call('uber.attachment_list', ['attach_type' => 'order_ticket', 'id' => $post_id]) as $attach_id => $kept) {
    $files[$kept['name']] = call('uber.attachment_get', ['attach_type' => 'order_ticket', 'attach_id' => $attach_id]);
}
$updated = call('order.update', $one + ['info' => ['pack1' => ['quantity' => 2], 'empty' => 'x']]);
$got = call('order.get', ['hash' => $made['data']['hash']]);
$listed = streamed('order.list', ['order_queue_id' => 3, 'order_by' => 'order_id', 'direction' => 'DESC', 'limit' => 1000]);
$thanks = call('order.submit', $one);
until($order_id, '3202', 'waiting');
$processed = [call('order.process', $one + ['order_action_id' => 3202]), until($order_id, '3202', 'done')];
until($order_id, '3401', 'waiting');
$skipped = [call('order.process', $one + ['order_action_id' => 3401, 'skip' => true]), until($order_id, '3401', 'skipped')];
$client_id = streamed('order.get', $one)['client_id'];
$client = call('client.get', ['client_id' => $client_id]);
$services = streamed('client.service_list', ['client_id' => $client_id]);
$canceled = call('order.cancel', $one);
$key = ['Idempotency-Key: php-' . bin2hex(random_bytes(8))];
$lead = ['order_queue_id' => 1, 'info' => ['first' => 'Zoë', 'none' => new stdClass()]];
[$status, $first] = asked('order.create', $lead, $key);
echo json_encode([
    'info' => $got['info'], 'priority' => $got['priority'], 'listed' => isset($listed[$order_id]), 'files' => $files, 'updated' => $updated,
    'thanks' => str_contains($thanks, $order_id), 'processed' => $processed, 'skipped' => $skipped,
    'client' => "{$client['first']} {$client['last']}", 'services' => count($services), 'canceled' => $canceled,
    'end' => streamed('order.get', $one)['order_status'],
    'refused' => [
        'wrong password' => call('order.get', $one, "$user:wrong"), 'unknown method' => call('order.nonsense'), 'missing field' => call('order.create', ['info' => ['a' => 1]]),
        'unknown order' => call('order.get', ['order_id' => 999_999_999]), 'final' => call('order.process', $one + ['order_action_id' => 3202]),
    ],
    'door' => [
        'status' => $status, 'again' => asked('order.create', $lead, $key)[1]['order_id'] === $first['order_id'],
        'other' => asked('order.create', ['order_queue_id' => 2] + $lead, $key)[0], 'name' => $first['info']['first'],
        'slash' => asked('order.update/', ['order_id' => $first['order_id'], 'priority' => 2])[1]['priority'],
        'problem' => asked('order.get', ['order_id' => 999_999_999])[1]['type'],
        'fields' => array_column(asked('order.create', ['order_queue_id' => 'x', 'prority' => 1])[1]['errors'], 'field'),
    ],
], JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE), "\n";

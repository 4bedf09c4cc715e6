// The message hub. Each call leaves the script, which is run again with the answer.
(function ({ section }) {
const text = (value) => (value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value));
const dated = (messages) => messages.map((message) => (
message.createdAt === undefined ? message : { ...message, createdAt: new Date(message.createdAt) }));
const ask = (name, ...args) => section("ask")(`messaging.${name}`, args);
return {
registerClient(client) { ask("registerClient", text(client)); },
registerTopic(topic) { ask("registerTopic", text(topic)); },
isClientExists: (client) => ask("isClientExists", text(client)) === true,
isTopicExists: (topic) => ask("isTopicExists", text(topic)) === true,
subscribe(client, topic) { ask("subscribe", text(client), text(topic)); },
unsubscribe(client, topic) { ask("unsubscribe", text(client), text(topic)); },
send(client, topic, subject, body) { ask("send", text(client), text(topic), text(subject), text(body)); },
receive: (client) => dated(ask("receive", text(client))),
receiveByTopic: (client, topic) => dated(ask("receiveByTopic", text(client), text(topic))),
};
})

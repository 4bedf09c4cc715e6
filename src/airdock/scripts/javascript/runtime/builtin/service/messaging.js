// The message hub. Each call leaves the script, which is run again with the answer.
const text = (value) => (value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value));
const dated = (messages) => messages.map((message) => (
message.createdAt === undefined ? message : { ...message, createdAt: new Date(message.createdAt) }));
const ask = (name, ...args) => host.section("ask")(`messaging.${name}`, args);
exports.registerClient = (client) => { ask("registerClient", text(client)); };
exports.registerTopic = (topic) => { ask("registerTopic", text(topic)); };
exports.isClientExists = (client) => ask("isClientExists", text(client)) === true;
exports.isTopicExists = (topic) => ask("isTopicExists", text(topic)) === true;
exports.subscribe = (client, topic) => { ask("subscribe", text(client), text(topic)); };
exports.unsubscribe = (client, topic) => { ask("unsubscribe", text(client), text(topic)); };
exports.send = (client, topic, subject, body) => { ask("send", text(client), text(topic), text(subject), text(body)); };
exports.receive = (client) => dated(ask("receive", text(client)));
exports.receiveByTopic = (client, topic) => dated(ask("receiveByTopic", text(client), text(topic)));

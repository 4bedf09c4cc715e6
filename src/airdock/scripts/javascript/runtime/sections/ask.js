// A call of the host: the answer if there is one already, else the script is left.
(function (core) {
const { answers } = core.input, { parse, stringify } = core.first;
let calls = 0;
return function (name, args) {
const text = stringify(args), answer = answers[calls++];
if (answer === undefined) return core.section("suspend")("call", { name, arguments: text });
if (answer.name !== name || answer.arguments !== text) {
throw new core.first.Error("the script took another way when it was run again after a call of the host");
}
return parse(answer.value);
};
})

// The fields of a form, with its files.
(function ({ section }) {
const { fields, files } = section("part")("form");
for (const [name, sent] of Object.entries(files)) {
const made = sent.map((file) => ({ ...file, content: section("bytes").decode(file.content) }));
fields[name] = made.length === 1 ? made[0] : made;
}
return fields;
})

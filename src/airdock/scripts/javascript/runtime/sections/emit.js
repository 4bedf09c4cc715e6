// Appends to the answer.
(function ({ response, section }) {
return function (value) {
if (response.open) (response.parts ??= [])[response.parts.length] = typeof value === "object" ? section("bytes").part(value) : `${value}`;
};
})

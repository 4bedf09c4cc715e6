var context = require("core/context");
var request = require("net/http/request");
var response = require("net/http/response");

var name = request.getParameter("name") || "World";

response.println(context.get("greeting") + " " + name + ", from JavaScript!");

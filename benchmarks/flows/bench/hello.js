var request = require("net/http/request");
var response = require("net/http/response");

response.print("Hello " + request.getParameter("name"));

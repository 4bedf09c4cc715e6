async def service(exchange):
    exchange.response.write("Hello " + exchange.request.query["name"])

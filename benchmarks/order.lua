wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"id": 7, "country": "AT", "amount": 9, "items": [{"sku": "tea", "price": 4.5, "quantity": 2}]}'

PRODUCTS = {
    "tea": {"sku": "tea", "name": "Green tea", "price": 4.5},
    "pot": {"sku": "pot", "name": "Tea pot", "price": 29},
}


async def all_products(exchange):
    return list(PRODUCTS.values())


async def one_product(exchange):
    return PRODUCTS.get(exchange.request.params["sku"], {})

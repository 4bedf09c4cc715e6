"""A service that calls another one for each request, written by hand in FastAPI; `PEER` is that one's address."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import httpx
from fastapi import FastAPI, Request

PEER = os.environ["PEER"]


@asynccontextmanager
async def clients(app: FastAPI) -> AsyncIterator[None]:
    async with aiohttp.ClientSession() as session, httpx.AsyncClient() as client:
        app.state.session, app.state.client = session, client
        yield


app = FastAPI(lifespan=clients)


@app.get("/aiohttp")
async def by_aiohttp(request: Request) -> Any:
    async with request.app.state.session.post(PEER, json={"order": 7}) as response:
        response.raise_for_status()
        return (await response.json())["desk"]


@app.get("/httpx")
async def by_httpx(request: Request) -> Any:
    response = await request.app.state.client.post(PEER, json={"order": 7})
    response.raise_for_status()
    return response.json()["desk"]

"""The tables as the application sees them after the newest revision."""

import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Integer, String
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(AsyncAttrs, DeclarativeBase):
    """The metadata that Alembic compares the database with."""


class Product(Base):
    """Something to reserve."""

    __tablename__ = "products"
    __table_args__ = (
        Index("ix_products_sku", "sku", unique=True),
        Index("ix_products_stock", "stock"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sku: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    stock: Mapped[int] = mapped_column(Integer, server_default="0")
    listed_at: Mapped[datetime.datetime | None] = mapped_column(DateTime)


class Reservation(Base):
    """A product that waits for someone, for a while."""

    __tablename__ = "reservations"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="ck_reservations_quantity"),
        Index("ix_reservations_product_id_expires_at", "product_id", "expires_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    product_id: Mapped[int] = mapped_column(
        ForeignKey("products.id", name="fk_reservations_product_id")
    )
    quantity: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime.datetime] = mapped_column(DateTime)

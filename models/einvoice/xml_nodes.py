"""Reading and placing nodes of electronic invoices; their order is part of the rules.

Paths are written with the prefixes of ``NAMESPACES``; namespaces are never guessed
from a document.
"""

from lxml import etree

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CII = "urn:un:unece:uncefact:data:standard:"
NAMESPACES = {
    "cac": f"{UBL}CommonAggregateComponents-2",
    "cbc": f"{UBL}CommonBasicComponents-2",
    "rsm": f"{CII}CrossIndustryInvoice:100",
    "ram": f"{CII}ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{CII}UnqualifiedDataType:100",
    "qdt": f"{CII}QualifiedDataType:100",
}


def find(node, path):
    """Return the first node of a path, or None."""
    return node.find(path, NAMESPACES)


def find_all(node, path):
    """Return the nodes of a path."""
    return node.findall(path, NAMESPACES)


def text(node, path):
    """Return the text of the first node of a path, "" without one."""
    return (node.findtext(path, namespaces=NAMESPACES) or "").strip()


def make(tag, value=None, **attributes):
    """Return a new node, with a text where one is given."""
    prefix, name = tag.split(":")
    node = etree.Element(etree.QName(NAMESPACES[prefix], name), nsmap=NAMESPACES)
    for key, content in attributes.items():
        node.set(key, content)
    if value is not None:
        node.text = str(value)
    return node


def place(parent, node, order):
    """Put a node among its siblings where the schema wants it.

    :param order: the names of the children of ``parent``, in the schema's order, with
        prefixes; those that come after the last one named are left behind it
    """
    rank = {_name(tag): position for position, tag in enumerate(order)}
    own = rank[node.tag]
    index = 0
    for position, sibling in enumerate(parent):
        if rank.get(sibling.tag, len(rank)) <= own:
            index = position + 1
    parent.insert(index, node)
    return node


def put(parent, tag, order, value=None, **attributes):
    """Write the only child of a name: the one that is there, or a new one."""
    node = find(parent, tag)
    if node is None:
        node = place(parent, make(tag), order)
    for key in node.attrib:
        del node.attrib[key]
    for key, content in attributes.items():
        node.set(key, content)
    if value is not None:
        node.text = str(value)
    return node


def drop(node, path):
    """Take away all nodes of a path."""
    for found in find_all(node, path):
        found.getparent().remove(found)


def branch(tag, *children):
    """Return a node with children."""
    node = make(tag)
    node.extend(children)
    return node


def parse(content):
    return etree.fromstring(content)


def serialize(tree):
    """Return the bytes of a document, its namespaces declared once, at the top."""
    etree.cleanup_namespaces(tree)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8")


def _name(tag):
    prefix, name = tag.split(":")
    return etree.QName(NAMESPACES[prefix], name).text
